import Datasets
import Foundation
import StrictJSON

/// Labelled sequences' part of a starter configuration: columns, reading options, and sizes that suit the number of rows.
struct StarterSequences {
    /// Keys of the data section after the file.
    let data: [JSONMember]
    let batch: Int
    let epochs: Int
    /// Width of the symbols' embedding; 0 for none.
    private(set) var embedding = 0
    /// Whether targets are transcripts.
    private(set) var isOfTranscripts = false
    /// Layers of the model; empty for the usual ones.
    private(set) var layers: [JSONValue] = []
    /// Notes for the user on the file, in sentences without a full stop.
    private(set) var notes: [String] = []
    /// Keys to check.
    let advice: [String]

    static let share = 0.15
    /// Intended number of optimizer steps, and maximum number of epochs.
    private static let (stepCount, epochLimit) = (2000, 60)

    /// For a placeholder file name.
    init() {
        data = [JSONMember(key: "label", value: .text("label"))] + Self.shares
        (batch, epochs) = (32, 20)
        advice = ["data.label: the column with the class of a row; data.text: a column of text, if that is the sequence."]
    }

    init(data: [JSONMember], batch: Int, epochs: Int, layers: [JSONValue], notes: [String], advice: [String]) {
        (self.data, self.batch, self.epochs, self.layers, self.notes, self.advice) = (data, batch, epochs, layers, notes, advice)
    }

    /// - Parameters:
    ///   - paths: of the files, of which the first is examined, unless they are recordings.
    ///   - written: the first path as it stands in the configuration.
    /// - Throws: ``DatasetError`` if a file can't be read, or no column can be the class.
    init(ofFiles paths: [String], written: String) throws {
        let path = paths[0]
        if let survey = try RecordingSurvey(ofFiles: paths) {
            try self.init(survey, paths: paths)
        } else if let survey = try SequenceFileSurvey(ofFile: path) {
            try self.init(survey, path: path, written: written)
        } else {
            try self.init(ofTable: path)
        }
    }

    /// Of a file that isn't a table.
    private init(_ survey: SequenceFileSurvey, path: String, written: String) throws {
        let siblings = Self.parts.map { part in
            Self.sibling(of: path, part.names).map { (path: $0, written: Self.path($0, inFolderOf: written)) }
        }
        data =
            (survey.format == .auto ? [] : [JSONMember(key: "format", value: .text(survey.format.rawValue))])
            + (survey.target == .class ? [] : [JSONMember(key: "target", value: .text((survey.target == .nextNumbers ? .next : survey.target).rawValue))])
            + (survey.label.isEmpty ? [] : [JSONMember(key: "label", value: .text(survey.label))])
            + (survey.text.isEmpty ? [] : [JSONMember(key: "text", value: .text(survey.text)), JSONMember(key: "unit", value: .text("word"))])
            + (survey.columns.isEmpty ? [] : [JSONMember(key: "columns", value: .list(survey.columns.map(JSONValue.text)))])
            + (survey.hasGaps ? [JSONMember(key: "missing", value: .text(TableReading.Missing.mask.rawValue))] : [])
            + zip(Self.parts, siblings).map { part, sibling in
                sibling.map { JSONMember(key: part.filesKey, value: .text($0.written)) } ?? JSONMember(key: part.shareKey, value: .real(Self.share))
            }
        (batch, epochs) = Self.sizes(survey.sequenceCount)
        embedding = survey.text.isEmpty ? 0 : 64
        isOfTranscripts = survey.target == .transcript
        // Check that the suggested options are valid.
        let own = siblings.map { $0.map { [$0.path] } ?? [] }
        let shares = siblings.map { $0 == nil ? Self.share : 0 }
        let options = SequenceOptions(
            files: [path], partFiles: PartFiles(validation: own[0], test: own[1]), format: survey.format, target: survey.target, label: survey.label, columns: survey.columns,
            text: survey.text, textReading: TextReading(unit: survey.text.isEmpty ? .character : .word),
            split: try SplitFractions(validation: shares[0], test: shares[1]), reading: TableReading(missing: survey.hasGaps ? .mask : .refuse),
            skipsUnalignable: true)
        let named = survey.target == .class ? "the class: one of " : "the class of each word: one of "
        let classes = (survey.label.isEmpty ? "the classes are " : "'\(survey.label)' is taken for \(named)") + Self.shown(survey.classes)
        let transcripts = "'\(survey.label)' is taken for the transcript, of \(survey.classes.count) symbols"
        let sets = "each line is taken for a sequence of sets of labels, of which the next one is predicted: " + Self.shown(survey.classes)
        let drawings = "each line is taken for a drawing, of which the next point is predicted"
        notes = [survey.target.isOfNumbers ? "the targets are numbers" : survey.target == .nextNumbers ? drawings : survey.target == .next ? sets : isOfTranscripts ? transcripts : classes]
            + zip(Self.parts, siblings).compactMap { part, sibling in sibling.map { "\($0.written) is taken for \(part.words)" } }
            + (try LabelledSequences(options, batchSize: batch, seed: 1)).notes
        advice = (survey.text.isEmpty ? [] : ["data.text and data.unit: the field that is read, and whether by words or characters."])
            + (survey.hasGaps ? ["data.missing: an input says where a number is missing; \"fill\" takes the last known one alone."] : [])
    }

    /// Parts that may have files of their own beside the one of training, as archives and corpora name them.
    private static let parts: [(names: [String], filesKey: String, shareKey: String, words: String)] = [
        (["valid", "validation", "dev"], "validationFiles", "validationFraction", "validation"), (["test"], "testFiles", "testFraction", "the test"),
    ]

    /// The name of `file` in the folder in which `other` stands.
    private static func path(_ file: String, inFolderOf other: String) -> String {
        (other.lastIndex(of: "/").map { String(other[...$0]) } ?? "") + fileName(file)
    }

    /// The part's file beside the one of training: its name with one of `names` in the place of "train".
    private static func sibling(of path: String, _ names: [String]) -> String? {
        for (before, training) in [("_", "TRAIN"), ("_", "train"), ("-", "train"), (".", "train"), ("/", "train")] {
            let whole = path.contains("/") ? path : "./" + path
            guard let place = whole.range(of: "\(before)\(training).", options: .backwards) else { continue }
            let own = names.map { whole.replacingCharacters(in: place, with: "\(before)\(training == "TRAIN" ? $0.uppercased() : $0).") }
            if let found = own.first(where: { FileManager.default.fileExists(atPath: $0) }) { return found }
        }
        return nil
    }

    static func sizes(_ count: Int) -> (batch: Int, epochs: Int) {
        let batch = count < 2000 ? 16 : 64
        return (batch, min(epochLimit, max(4, stepCount * batch / max(1, count))))
    }

    private init(ofTable path: String) throws {
        guard let survey = try SequenceSurvey(ofFile: path, isCertain: true) else {
            throw DatasetError.optionOutOfRange(
                key: "data.label", found: "no column of \(path)", wanted: "a column that is filled in every row, with at least two classes of two rows each")
        }
        data =
            [JSONMember(key: "label", value: .text(survey.label))]
            + (survey.text.isEmpty ? [] : [JSONMember(key: "text", value: .text(survey.text))])
            + (survey.columns.isEmpty ? [] : [JSONMember(key: "columns", value: .list(survey.columns.map(JSONValue.text)))])
            + (survey.reading.header == TableReading().header ? [] : [JSONMember(key: "header", value: .text(survey.reading.header.rawValue))]) + Self.shares
        (batch, epochs) = Self.sizes(survey.rowCount)
        // Check that the suggested options are valid.
        let options = SequenceOptions(
            files: [path], label: survey.label, columns: survey.columns, text: survey.text, split: try SplitFractions(validation: Self.share, test: Self.share),
            reading: survey.reading)
        notes = ["'\(survey.label)' is taken for the class: one of " + Self.shown(survey.classes)]
            + (try LabelledSequences(options, batchSize: batch, seed: 1)).notes
        advice =
            ["data.label: the column with the class of a row."]
            + (survey.text.isEmpty ? ["data.features: numbers of a time step, if they stand side by side in a row; one was taken."] : [])
    }

    static var shares: [JSONMember] {
        [JSONMember(key: "validationFraction", value: .real(share)), JSONMember(key: "testFraction", value: .real(share))]
    }

    private static func shown(_ classes: [String]) -> String {
        classes.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (classes.count > 5 ? " and \(classes.count - 5) more" : "")
    }
}
