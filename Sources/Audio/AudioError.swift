/// An audio file that can't be used, or settings that can't be. A description is a sentence without the file's name.
public enum AudioError: Error, Equatable, CustomStringConvertible {
    /// The program was built without the libraries.
    case unavailable
    /// The library that reads audio refuses the file; with its own reason.
    case unreadable(reason: String)
    /// A format that is read by no fixed rule on every processor, or by none here.
    case unknownFormat
    /// The file ends before what its header says.
    case truncated(found: Int, wanted: Int)
    case noSamples
    case notFinite
    case rateOutOfRange(found: Int)
    case tooManyChannels(found: Int)
    case noSuchChannel(wanted: Int, count: Int)
    /// Decoded, it would have more samples than are read.
    case tooLong(limit: Int)
    /// A segment that isn't inside of the recording, in seconds.
    case segmentOutside(start: Double, end: Double, length: Double)
    /// Too few samples for one frame.
    case tooShort(sampleCount: Int, neededCount: Int)

    public var description: String {
        switch self {
        case .unavailable:
            "this program was built without audio. Install libsndfile1-dev, libsamplerate0-dev and libkissfft-dev (Debian's names), "
                + "and build it anew: swift build -c release --manifest-cache none."
        case .unreadable(let reason): "it can't be read as audio: \(reason). Write it anew as WAV or FLAC, or leave it out."
        case .unknownFormat: "it is neither WAV, FLAC nor Ogg. Convert it, such as by: ffmpeg -i FILE FILE.wav."
        case .truncated(let found, let wanted):
            "it ends early: its header says \(wanted) bytes or samples, and there are \(found). Get it anew, or leave it out."
        case .noSamples: "it has no samples. Leave it out."
        case .notFinite: "it has samples or features that are not finite numbers. Leave it out."
        case .rateOutOfRange(let found):
            "its rate is \(found) samples per second; it must be from \(Recording.rates.lowerBound) to \(Recording.rates.upperBound)."
        case .tooManyChannels(let found): "it has \(found) channels; at most \(Recording.largestChannelCount) are read."
        case .noSuchChannel(let wanted, let count):
            "it has \(count) \(count == 1 ? "channel" : "channels"), and data.channel is \(wanted). Set that to 0 for their mean."
        case .tooLong(let limit): "it has more than \(limit) samples. Cut it into pieces."
        case .segmentOutside(let start, let end, let length):
            "its segment from \(start) to \(end) s isn't inside of its \(length) s. Fix offset and duration."
        case .tooShort(let sampleCount, let neededCount):
            "it has \(sampleCount) samples after resampling, and a frame needs \(neededCount). Leave it out, or shorten data.windowMilliseconds."
        }
    }
}
