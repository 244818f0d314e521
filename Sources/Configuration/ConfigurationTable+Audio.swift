public import Audio
import Datasets

// The keys that say how recordings become sequences.

extension ConfigurationKey {
    static let audio: [ConfigurationKey] = [
        .text(
            .data, "audio", \.data.audio, for: [.sequences], .result,
            "Column or field with the path of a recording that is the sequence, WAV, FLAC or Ogg; a relative one begins at the folder of the file that names it. Fields offset and "
                + "duration, in seconds, name a part. Where data.files are recordings themselves: any name, such as \"file\"; data.label is then \"name\" or \"folder\". Empty: none."),
        .choice(
            .data, "audioFeatures", \.data.audioFeatures, for: [.sequences], .result,
            "Numbers of a time step of a recording: logarithms of mel bands' energies; cepstral coefficients; one sample, from -1 to 1; or its μ-law level, from 0 to 255. \"stored\": what the files have, as another program computed it: .npy [time, features], HTK's, or Sphinx's .mfc (data.coefficients numbers a frame).")
            .when(.audio),
        .choice(
            .data, "frontEnd", \.data.frontEnd, for: [.sequences], .result, "Whose definition of log-mel and MFCC is followed; the article on recordings has the details.").when(.audio),
        .integer(
            .data, "sampleRate", \.data.sampleRate, 1000...768_000, for: [.sequences], .result, "Samples per second to which recordings are resampled.").when(.audio),
        .integer(.data, "channel", \.data.channel, 0...64, for: [.sequences], .result, "Channel that is read, from 1. 0: the mean of all.").when(.audio),
        .real(.data, "windowMilliseconds", \.data.windowMilliseconds, .above(0).atMost(10_000), for: [.sequences], .result, "Length of a frame's window.").when(.audio),
        .real(.data, "hopMilliseconds", \.data.hopMilliseconds, .above(0).atMost(10_000), for: [.sequences], .result, "Time from frame to frame.").when(.audio),
        .integer(
            .data, "fftSize", \.data.fftSize, 0...65_536, for: [.sequences], .result,
            "Points of a frame's Fourier transform, even and at least the window's samples. 0: the least power of two.").when(.audio),
        .integer(.data, "mels", \.data.mels, 1...1024, for: [.sequences], .result, "Mel bands.").when(.audio),
        .integer(
            .data, "coefficients", \.data.coefficients, 1...1024, for: [.sequences], .result, "Cepstral coefficients, the first ones; of Sphinx's files the numbers of a frame.")
            .when(.audio, ConfigurationCondition("data.audioFeatures", \.data.audioFeatures, is: .mfcc, .stored)),
        .real(.data, "lowFrequency", \.data.lowFrequency, .atLeast(0).atMost(384_000), for: [.sequences], .result, "Where the mel bands begin, in Hz.").when(.audio),
        .real(
            .data, "highFrequency", \.data.highFrequency, .atLeast(0).atMost(384_000), for: [.sequences], .result, "Where they end. 0: at half of data.sampleRate.").when(.audio),
        .integers(
            .data, "speeds", \.data.speeds, 50...200, for: [.sequences], .result,
            "Of each recording of the training part, also a copy played at these percentages of its speed, such as 90 and 110, is trained on.").when(.audio),
        .integers(
            .data, "noises", \.data.noises, 0...100, for: [.sequences], .result,
            "And a copy with white noise so many decibels below the recording, for each number.").when(.audio),
    ]
}

extension ConfigurationCondition {
    /// Sequences are recordings.
    static let audio = ConfigurationCondition("data.audio", isFilled: \.data.audio)
}

extension Configuration.DataSettings {
    /// How recordings become frames.
    public var recordingFrontEnd: FrontEnd {
        var settings = FrontEnd()
        (settings.features, settings.definition, settings.rate, settings.channel) = (audioFeatures, frontEnd, sampleRate, channel)
        settings.windowLength = sampleCount(windowMilliseconds)
        settings.hopLength = sampleCount(hopMilliseconds)
        settings.transformLength = fftSize > 0 ? fftSize : leastPowerOfTwo(from: settings.windowLength)
        (settings.bandCount, settings.coefficientCount, settings.lowFrequency) = (mels, coefficients, lowFrequency)
        settings.highFrequency = highFrequency > 0 ? highFrequency : Double(sampleRate) / 2
        return settings
    }

    /// Changes of the copies of recordings that are trained on.
    package var recordingChanges: [RecordingChange] { speeds.map { .speed(percent: $0) } + noises.map { .whiteNoise(decibels: $0) } }

    /// The nearest number of samples.
    private func sampleCount(_ milliseconds: Double) -> Int { Int((milliseconds * Double(sampleRate) / 1000).rounded()) }

    private func leastPowerOfTwo(from count: Int) -> Int {
        var power = 2
        while power < count { power *= 2 }
        return power
    }
}
