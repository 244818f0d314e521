public import Audio

/// How the recordings of sequences are read.
public struct AudioOptions: Sendable, Equatable {
    /// The column or field with their paths. Of no effect where the files are recordings themselves.
    public let column: String
    public let frontEnd: FrontEnd
    /// Of each recording of the training part a copy is read with each of these changes.
    public internal(set) var changes: [RecordingChange]
    /// Of the changes' random numbers.
    public let seed: UInt64

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for settings that don't go together.
    public init(column: String, frontEnd: FrontEnd, changes: [RecordingChange] = [], seed: UInt64 = 1) throws(DatasetError) {
        (self.column, self.frontEnd, self.changes, self.seed) = (column, frontEnd, changes, seed)
        guard frontEnd.features != .stored || changes.isEmpty else {
            throw .optionOutOfRange(key: "data.audioFeatures", found: "\"stored\"", wanted: "another one with data.speeds and data.noises: stored features can't be changed")
        }
        guard frontEnd.features == .logMel || frontEnd.features == .mfcc else { return }
        try Datasets.check([
            ("the samples of data.windowMilliseconds", frontEnd.windowLength, 2), ("the samples of data.hopMilliseconds", frontEnd.hopLength, 1), ("data.fftSize", frontEnd.transformLength, 2),
        ], greatest: 1 << 20)
        guard frontEnd.transformLength >= frontEnd.windowLength, frontEnd.transformLength % 2 == 0 else {
            throw .optionOutOfRange(
                key: "data.fftSize", found: "\(frontEnd.transformLength)", wanted: "even, and at least data.windowMilliseconds's \(frontEnd.windowLength) samples; or 0")
        }
        guard frontEnd.highFrequency <= Double(frontEnd.rate) / 2 else {
            throw .optionOutOfRange(
                key: "data.highFrequency", found: "\(frontEnd.highFrequency)", wanted: "at most half of data.sampleRate, \(Double(frontEnd.rate) / 2)")
        }
        guard frontEnd.lowFrequency < frontEnd.highFrequency else {
            throw .optionOutOfRange(key: "data.lowFrequency", found: "\(frontEnd.lowFrequency)", wanted: "below data.highFrequency, \(frontEnd.highFrequency)")
        }
        guard frontEnd.features == .logMel || frontEnd.coefficientCount <= frontEnd.bandCount else {
            throw .optionOutOfRange(key: "data.coefficients", found: "\(frontEnd.coefficientCount)", wanted: "at most data.mels, \(frontEnd.bandCount)")
        }
        if let band = frontEnd.emptyBands.first {
            throw .optionOutOfRange(
                key: "data.mels", found: "\(frontEnd.bandCount)",
                wanted: "lower, or data.fftSize larger: no frequency of a transform of \(frontEnd.transformLength) points lies in band \(band)")
        }
    }
}

/// Computes the frames of recordings one after the other.
struct RecordingReader {
    private let options: AudioOptions
    /// Numbers of a time step of stored features; nil before the first file.
    private var storedWidth: Int?
    /// The last recording that was decoded, of which segments may follow.
    private var last: (path: String, recording: Recording)?

    init(_ options: AudioOptions) { self.options = options }

    /// Names of a time step's numbers: of stored ones known when the first was read.
    var featureNames: [String] { (storedWidth.map { (1...$0).map { "feature \($0)" } }) ?? options.frontEnd.featureNames }

    /// The frames of the recording with these bytes: `[time, features]`; then those of its changed copies.
    /// - Parameter index: of the recording.
    mutating func frames(of bytes: [UInt8], path: String, index: Int) throws(DatasetError) -> [[Float]] {
        guard options.frontEnd.features != .stored else { return try storedFrames(path) }
        do throws(AudioError) {
            return try frames(of: Recording(bytes, channel: options.frontEnd.channel), index: index)
        } catch { throw .unusableFile(path: path, reason: error.description) }
    }

    private mutating func storedFrames(_ path: String) throws(DatasetError) -> [[Float]] {
        let features = try StoredFeatures(path: path, cepstrumCount: options.frontEnd.coefficientCount)
        guard features.width == storedWidth ?? features.width else {
            throw .unusableFile(path: path, reason: "it has \(features.width) numbers a frame, and those before it \(storedWidth ?? 0). Leave it out.")
        }
        storedWidth = features.width
        return [features.values]
    }

    private func frames(of recording: Recording, index: Int) throws(AudioError) -> [[Float]] {
        var all = [try options.frontEnd.frames(of: recording)]
        for change in options.changes { all.append(try options.frontEnd.frames(of: recording.changed(by: change, seed: options.seed, index: index))) }
        return all
    }

    /// A path that is relative to the folder of the file that names it.
    static func path(_ path: String, namedBy list: String) -> String {
        path.hasPrefix("/") ? path : (list.lastIndex(of: "/").map { String(list[...$0]) } ?? "") + path
    }

    /// The frames of a recording that a row of a file names.
    /// - Parameters:
    ///   - path: a relative one begins at the folder of `list`, the file that names it.
    ///   - index: of the recording.
    ///   - start: where its part begins, in seconds; nil for the whole recording, whatever `duration` is.
    mutating func frames(
        ofFile path: String, namedBy list: String, index: Int, start: Double?, duration: Double?
    ) throws(DatasetError) -> [[Float]] {
        let place = Self.path(path, namedBy: list)
        guard options.frontEnd.features != .stored else { return try storedFrames(place) }
        let bytes = last?.path == place ? [] : try fileBytes(at: place)
        do throws(AudioError) {
            let recording = if let last, last.path == place { last.recording } else { try Recording(bytes, channel: options.frontEnd.channel) }
            guard let start else { return try frames(of: recording, index: index) }
            last = (place, recording)
            return try frames(of: recording.segment(from: start, duration: duration), index: index)
        } catch { throw .unusableFile(path: place, reason: error.description) }
    }
}

extension DatasetError {
    /// The same at the row that names the file.
    func named(at row: (_ reason: String) -> DatasetError) -> DatasetError {
        var text = description
        if text.last == "." { text.removeLast() }
        return row(text)
    }
}
