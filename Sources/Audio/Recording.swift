/// One channel of a recording: samples, usually from -1 to 1, and how many a second has.
public struct Recording: Sendable, Equatable {
    public let samples: [Float]
    public let rate: Int

    static let rates = 1000...768_000
    static let largestChannelCount = 64
    /// More than four hours at 16,000 samples a second.
    static let largestSampleCount = 1 << 28

    public init(samples: [Float], rate: Int) { (self.samples, self.rate) = (samples, rate) }

    /// Decodes a WAV, FLAC or Ogg file. Memory: that of one channel's samples, whatever the file has.
    /// - Parameter channel: from 1; 0 for the mean of all.
    /// - Throws: ``AudioError``.
    public init(_ bytes: [UInt8], channel: Int) throws(AudioError) {
        try RIFFLength(bytes)?.check()
        var (samples, rate, channelCount) = ([Float](), 0, 1)
        try decode(bytes) { (ownRate, count) throws(AudioError) in
            guard Self.rates.contains(ownRate) else { throw .rateOutOfRange(found: ownRate) }
            guard (1...Self.largestChannelCount).contains(count) else { throw .tooManyChannels(found: count) }
            guard channel <= count else { throw .noSuchChannel(wanted: channel, count: count) }
            (rate, channelCount) = (ownRate, count)
        } _: { (piece) throws(AudioError) in
            guard samples.count + piece.count / channelCount <= Self.largestSampleCount else { throw .tooLong(limit: Self.largestSampleCount) }
            for frame in stride(from: 0, to: piece.count, by: channelCount) {
                var value = channel > 0 ? piece[frame + channel - 1] : 0
                if channel == 0 {
                    for place in 0..<channelCount { value += piece[frame + place] }
                    value /= Float(channelCount)
                }
                guard value.isFinite else { throw .notFinite }
                samples.append(value)
            }
        }
        guard !samples.isEmpty else { throw .noSamples }
        self.init(samples: samples, rate: rate)
    }

    /// The part from `start`, so many seconds long; to the end if `duration` is nil. An end that lies a hundredth of a second behind the recording's is its end.
    /// - Throws: ``AudioError/segmentOutside(start:end:length:)``.
    public func segment(from start: Double, duration: Double?) throws(AudioError) -> Recording {
        let length = Double(samples.count) / Double(rate)
        let end = duration.map { start + $0 } ?? length
        guard start >= 0, start < end, end <= length + 0.01 else { throw .segmentOutside(start: start, end: end, length: length) }
        let (first, last) = (Int((start * Double(rate)).rounded()), min(samples.count, Int((end * Double(rate)).rounded())))
        guard first < last else { throw .segmentOutside(start: start, end: end, length: length) }
        return Recording(samples: Array(samples[first..<last]), rate: rate)
    }

    /// The same at another rate.
    public func resampled(to target: Int) throws(AudioError) -> Recording {
        Recording(samples: try resample(samples, from: rate, to: target), rate: target)
    }
}

extension [UInt8] {
    /// Whether a file with these bytes is WAV, FLAC or Ogg.
    public var areAudio: Bool {
        starts(with: "RIFF".utf8) && dropFirst(8).starts(with: "WAVE".utf8) || starts(with: "fLaC".utf8) || starts(with: "OggS".utf8)
    }
}
