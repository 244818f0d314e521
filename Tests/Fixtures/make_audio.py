"""Makes the files of Tests/Fixtures/audio: short recordings, and what librosa, torchaudio and torchaudio's Kaldi say of one of them.

Tests only read the files. To make them anew, in a virtual environment outside the project:

    pip install librosa torch torchaudio
    python Tests/Fixtures/make_audio.py

    python Tests/Fixtures/make_audio.py FOLDER SEED      the same with another recording, elsewhere

Without torchaudio its figures are left out. The stored files were made with Python 3.11.7, librosa 0.11.0 and torchaudio 2.11.1.

`sweep.wav` has a rising tone and noise, 16 bits, 8000 samples a second. `stereo.flac` and `stereo.ogg` have two tones, one a channel. `figures.json` has for each
definition and each kind of features the settings and `[time, features]` of `sweep.wav`, and μ-law levels of some samples.
"""
import json
import sys
from pathlib import Path

import librosa
import numpy as np
import soundfile

folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "audio"
folder.mkdir(exist_ok=True)
random = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 18)

RATE = 8000
time = np.arange(1600) / RATE
sweep = 0.4 * np.sin(2 * np.pi * (200 + 6000 * time) * time) * np.hanning(len(time)) + 0.01 * random.standard_normal(len(time))
soundfile.write(folder / "sweep.wav", sweep, RATE, subtype="PCM_16")
stereo_time = np.arange(4000) / 16_000
stereo = 0.5 * np.stack([np.sin(2 * np.pi * 440 * stereo_time), np.sin(2 * np.pi * 1000 * stereo_time)], axis=1)
soundfile.write(folder / "stereo.flac", stereo, 16_000, subtype="PCM_16")
soundfile.write(folder / "stereo.ogg", stereo, 16_000, format="OGG", subtype="VORBIS")

signal, _ = soundfile.read(folder / "sweep.wav", dtype="float32")
# Window, hop and transform in samples; mel bands, their lowest and highest frequency; coefficients.
settings = dict(rate=RATE, window=200, hop=160, transform=256, bands=16, low=60.0, high=3800.0, coefficients=13)
figures = []


def add(definition, features, frames):
    figures.append(dict(definition=definition, features=features, **settings, frames=[[round(float(x), 5) for x in frame] for frame in frames]))


with np.errstate(all="ignore"):
    mel = librosa.feature.melspectrogram(
        y=signal, sr=RATE, n_fft=256, hop_length=160, win_length=200, n_mels=16, fmin=60, fmax=3800)
add("librosa", "logMel", librosa.power_to_db(mel).T)
add("librosa", "mfcc", librosa.feature.mfcc(S=librosa.power_to_db(mel), n_mfcc=13).T)

try:
    import torch
    import torchaudio
    import torchaudio.compliance.kaldi as kaldi
except ImportError:
    mu_law = None
else:
    wave = torch.tensor(signal)
    keywords = dict(n_fft=256, win_length=200, hop_length=160, n_mels=16, f_min=60.0, f_max=3800.0)
    spectrogram = torchaudio.transforms.MelSpectrogram(sample_rate=RATE, **keywords)(wave)
    add("torchaudio", "logMel", torchaudio.transforms.AmplitudeToDB("power", 80)(spectrogram).T)
    add("torchaudio", "mfcc", torchaudio.transforms.MFCC(sample_rate=RATE, n_mfcc=13, melkwargs=keywords)(wave).T)
    keywords = dict(sample_frequency=RATE, frame_length=25.0, frame_shift=20.0, num_mel_bins=16, low_freq=60.0, high_freq=3800.0, dither=0.0)
    scaled = wave[None] * 32768
    add("kaldi", "logMel", kaldi.fbank(scaled, **keywords))
    add("kaldi", "mfcc", kaldi.mfcc(scaled, num_ceps=13, **keywords))
    samples = torch.linspace(-1, 1, 40)
    levels = torchaudio.functional.mu_law_encoding(samples, 256)
    back = torchaudio.functional.mu_law_decoding(levels, 256)
    mu_law = dict(samples=[round(float(x), 6) for x in samples], levels=levels.tolist(), decoded=[round(float(x), 6) for x in back])

document = dict(figures=figures, muLaw=mu_law)
(folder / "figures.json").write_text(json.dumps(document, separators=(",", ":")).replace('{"definition', '\n{"definition') + "\n")
