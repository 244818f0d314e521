import Audio
import StrictJSON

/// What recordings, or a file that lists them, show of themselves: for a starter configuration.
public struct RecordingSurvey: Sendable, Equatable {
    /// The column or field with the paths; "file" where the files are recordings.
    public let column: String
    /// The column or field with the class or transcript; "name" or "folder" of recordings.
    public let label: String
    /// Class or transcript.
    public private(set) var target = SequenceTargetKind.class
    public private(set) var unit = TranscriptUnit.character
    /// Samples per second of the first recording.
    public let rate: Int
    public let count: Int

    /// Rows of a list that are examined.
    private static let rowLimit = 1000
    private static let transcriptNames = ["transcript", "transcription", "text", "sentence"]

    /// - Returns: nil for files that neither are recordings nor list any.
    /// - Throws: ``DatasetError`` if the first one can't be read, or nothing can be the label.
    public init?(ofFiles paths: [String]) throws(DatasetError) {
        guard let path = paths.first else { return nil }
        guard !SequenceRecording.isNamed(path) else {
            (column, count) = ("file", paths.count)
            rate = try Self.rate(ofFile: path)
            let folders = paths.map { $0.split(separator: "/").dropLast().last.map(String.init) ?? "" }
            if Set(folders).count > 1, Set(folders).count * 2 <= paths.count {
                label = SequenceRecording.folder
                return
            }
            label = SequenceRecording.name
            let names = paths.map { SequenceRecording.name(ofFile: $0).split(separator: " ") }
            if Set(names).count * 2 > names.count { (target, unit) = (.transcript, .word) }
            // Words that hardly occur twice are numbers or dates.
            guard Set(names.joined()).count * 2 <= names.joined().count else {
                throw .optionOutOfRange(
                    key: "data.label", found: "neither the recordings' names nor their folders",
                    wanted: "in a file that lists them, such as a table with the columns file and label: lstm-train init list.csv")
            }
            return
        }
        guard let columns = try Self.columns(ofFile: path), let audio = columns.first(where: { $0.values.allSatisfy { SequenceRecording.isNamed($0) } }) else { return nil }
        let (usual, others) = (Self.transcriptNames + SequenceSurvey.labelNames, columns.filter { $0.name != audio.name })
        guard let label = usual.lazy.compactMap({ name in others.first { $0.name.lowercased() == name } }).first else {
            throw .optionOutOfRange(
                key: "data.label", found: "none of the columns \(DatasetError.list(others.map(\.name))) of \(fileName(path))", wanted: "called text or label, or named by hand")
        }
        (column, self.label, count) = (audio.name, label.name, audio.values.count)
        if Set(label.values).count * 2 > label.values.count { target = .transcript }
        guard let first = audio.values.first else { return nil }
        rate = try Self.rate(ofFile: RecordingReader.path(first, namedBy: path))
    }

    private static func rate(ofFile path: String) throws(DatasetError) -> Int {
        let bytes = try fileBytes(at: path)
        do throws(AudioError) { return try Recording(bytes, channel: 0).rate } catch { throw .unusableFile(path: path, reason: error.description) }
    }

    /// The texts of each column or field that all rows have; nil for a file of another form.
    private static func columns(ofFile path: String) throws(DatasetError) -> [(name: String, values: [String])]? {
        let name = fileName(path).lowercased()
        var columns: [(name: String, values: [String])] = []
        var rowCount = 0
        if [".jsonl", ".ndjson", ".json"].contains(where: name.hasSuffix) {
            let file = try TableFile(path: path)
            guard FileFormat(bytes: file.bytes) == nil, var lines = try? TextLines(file) else { return nil }
            while rowCount < rowLimit, let line = lines.next() {
                guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
                guard let members = (try? JSONValue.parse(Array(line)))?.objectValue else { return nil }
                let texts = members.compactMap { member in member.value.stringValue.map { (name: member.key, text: $0) } }
                if rowCount == 0 { columns = texts.map { ($0.name, []) } }
                columns = columns.compactMap { column in texts.first { $0.name == column.name }.map { (column.name, column.values + [$0.text]) } }
                rowCount += 1
            }
        } else if [".csv", ".tsv"].contains(where: name.hasSuffix), var reader = try? CSVRecords(path: path, reading: TableReading()) {
            columns = reader.header.names.map { ($0, []) }
            while rowCount < rowLimit, let record = try? reader.next() {
                guard record.filledCount > 0 else { continue }
                for place in columns.indices { columns[place].values.append(place < record.fields.count ? record.fields[place].text.trimmed : "") }
                rowCount += 1
            }
        }
        return rowCount > 0 ? columns : nil
    }
}
