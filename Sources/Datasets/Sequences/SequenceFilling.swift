import NumberText
import StrictJSON

/// What becomes of missing numbers of sequences (`data.missing`): the last known one of the sequence stands in, or before the first the mean; with "mask"
/// further numbers say where that was.
struct SequenceFilling {
    private let width: Int
    /// Features whose missing values are marked, and the names of the marks.
    private let marked: [Int]
    private let markNames: [String]
    private let missingCount: Int
    private let numberCount: Int

    /// - Parameters:
    ///   - trainingRows: those that show which features lack values.
    ///   - stored: the scale of an earlier run, which has the marks; nil for none.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a choice that sequences don't have, and for a feature that is called like a mark.
    init(_ table: SequenceTable, options: SequenceOptions, trainingRows: [Int], stored: [SeriesStatistics.Column]?) throws(DatasetError) {
        let names = table.featureNames
        width = table.width
        var missingCount = 0
        if options.allowsMissing { table.numbers.visit { missingCount += $0.count { $0.isNaN } } }
        (self.missingCount, numberCount) = (missingCount, table.numbers.count)
        guard options.reading.missing == .mask else {
            (marked, markNames) = ([], [])
            return
        }
        let marks: [String]
        if let stored {
            marks = MissingMarks.names(among: stored.map(\.name))
        } else {
            var lacks = names.map { _ in false }
            for row in trainingRows {
                for place in table.starts[row]..<table.starts[row + 1] where table.numbers[place].isNaN { lacks[place % table.width] = true }
            }
            marks = zip(names, lacks).filter(\.1).map { MissingMarks.name(of: $0.0) }
        }
        if let twin = MissingMarks.names(among: names).first ?? marks.first(where: names.contains) {
            throw .optionOutOfRange(
                key: "data.missing", found: "\"mask\"",
                wanted: "another choice, or '\(JSONValue.printable(twin, scalarCount: 40))' renamed: so is called where another number is missing")
        }
        markNames = marks
        marked = marks.compactMap { mark in names.firstIndex { MissingMarks.name(of: $0) == mark } }
    }

    /// Of numbers of which none is missing.
    init(width: Int) { (self.width, marked, markNames, missingCount, numberCount) = (width, [], [], 0, 0) }

    /// The marks as numbers of a time step: 1 where a value is missing, otherwise 0.
    var markColumns: [SeriesStatistics.Column] { markNames.map { SeriesStatistics.Column(name: $0, mean: 0, deviation: 1) } }

    /// For the user.
    var notes: [String] {
        missingCount == 0
            ? []
            : ["\(counted(missingCount, "number")) of \(grouped(numberCount)) \(missingCount == 1 ? "is" : "are") missing (data.missing): the last known "
                + "one of the sequence stands in, or before the first the mean"]
    }

    /// A sequence without gaps.
    /// - Parameters:
    ///   - standardised: `[time, features]`, 0 where a number is missing.
    ///   - numbers: the same as read, NaN where one is missing.
    func filled(_ standardised: [Float], of numbers: [Double]) -> [Float] {
        guard missingCount > 0 else { return standardised }
        var own = standardised
        for place in own.indices.dropFirst(width) where numbers[place].isNaN { own[place] = own[place - width] }
        return own
    }

    /// Rows with the marks of their time steps behind each.
    /// - Parameters:
    ///   - rows: `[time, of any width]`.
    ///   - numbers: `[time, features]` as read, NaN where one is missing.
    func marking(_ rows: [Float], of numbers: [Double]) -> [Float] {
        guard !marked.isEmpty, !numbers.isEmpty else { return rows }
        let rowWidth = rows.count / (numbers.count / width)
        return (0..<numbers.count / width).flatMap { time in
            rows[time * rowWidth..<(time + 1) * rowWidth] + marked.map { numbers[time * width + $0].isNaN ? 1 : 0 }
        }
    }
}

extension SequenceOptions {
    /// What to do about a missing number, at the end of a message.
    /// - Parameter places: what may be left out: "the row".
    func gapAdvice(leaving places: String) -> String {
        // Sequences that a trained model answers are read as it was trained.
        needsLabel
            ? "Fill it in, leave \(places) out, or set data.missing to \"fill\" or \"mask\""
            : "Fill it in, or leave \(places) out: the model was trained on sequences without gaps"
    }

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a way with missing numbers that sequences, or texts, don't have.
    func checkMissing() throws(DatasetError) {
        let found = "\"\(reading.missing)\""
        if reading.missing == .drop {
            throw .optionOutOfRange(
                key: "data.missing", found: found,
                wanted: "\"refuse\", \"fill\" or \"mask\" for data.kind \"sequences\": a time step can't be left out")
        }
        if allowsMissing, !text.isEmpty { throw .optionOutOfRange(key: "data.missing", found: found, wanted: "left out with data.text: a text has no numbers") }
    }
}
