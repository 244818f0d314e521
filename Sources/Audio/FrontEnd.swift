/// How a recording becomes a sequence of frames: part of a run, so that later recordings are read alike.
public struct FrontEnd: Sendable, Hashable {
    /// Numbers of a time step.
    public enum Features: String, Sendable, CaseIterable {
        /// Logarithms of the energies of mel bands.
        case logMel
        /// Mel-frequency cepstral coefficients: the DCT-II of those.
        case mfcc
        /// One sample.
        case samples
        /// One sample's μ-law level, from 0 to 255, see ``MuLaw``.
        case muLaw
        /// What another program computed and stored in the file.
        case stored
    }

    /// Whose definition of a mel spectrogram and of MFCC is followed.
    public enum Definition: String, Sendable, CaseIterable {
        /// librosa 0.11's defaults: Slaney's mel scale and norm; frames centred, zeros beyond the ends; a periodic Hann window; power in dB from 1e-10 on,
        /// at most 80 dB below the recording's largest.
        case librosa
        /// torchaudio's transforms `MelSpectrogram`, `AmplitudeToDB("power", 80)` and `MFCC`: HTK's mel scale without norm; frames centred, the signal reflected
        /// at the ends; else as librosa.
        case torchaudio
        /// Kaldi's `compute-fbank-feats` and `compute-mfcc-feats` without dither and energy: whole frames only, without their mean, pre-emphasis 0.97, Povey's
        /// window, triangles on the mel scale, natural logarithms, a lifter of 22. Samples count from -32,768 to 32,767.
        case kaldi
    }

    public var features = Features.logMel
    public var definition = Definition.librosa
    /// Samples per second to which recordings are resampled.
    public var rate = 16_000
    /// From 1; 0 for the mean of all.
    public var channel = 0
    /// In samples.
    public var windowLength = 400
    public var hopLength = 160
    /// Points of a transform: at least `windowLength`, even.
    public var transformLength = 512
    public var bandCount = 40
    /// At most `bandCount`.
    public var coefficientCount = 13
    /// Of the mel bands, in Hz.
    public var lowFrequency = 0.0
    public var highFrequency = 8000.0

    public init() {}

    /// Names of a time step's numbers; none of stored ones.
    public var featureNames: [String] {
        switch features {
        case .logMel: (1...bandCount).map { "mel \($0)" }
        case .mfcc: (0..<coefficientCount).map { "mfcc \($0)" }
        case .samples: ["sample"]
        case .muLaw: ["level"]
        case .stored: []
        }
    }
}
