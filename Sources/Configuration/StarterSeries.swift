import Datasets
import StrictJSON

/// A table's part of a starter configuration: columns, reading options, and windows and epochs that suit the number of rows.
struct StarterSeries {
    /// Keys of the data section after the file.
    private(set) var data: [JSONMember]
    let hidden: Int
    let batch: Int
    let epochs: Int
    /// Notes for the user on the file, in sentences without a full stop.
    private(set) var notes: [String] = []
    /// Keys to check.
    private(set) var advice: [String] = []

    private static let share = 0.2
    /// Intended number of optimizer steps, and maximum number of epochs.
    private static let (stepCount, epochLimit) = (2000, 200)

    /// For a placeholder file name.
    init() {
        data = Self.windowMembers(length: 96, horizon: 24)
        (hidden, batch, epochs) = (128, 32, 6)
        advice = ["data.columns and data.targets: what the model reads and what it forecasts; unnamed, all columns.", Self.windowAdvice]
    }

    /// - Throws: ``DatasetError`` if the file can't be read, or has too few rows.
    /// - Parameter paths: at least one.
    init(ofFiles paths: [String]) throws {
        let survey = try TableSurvey(ofFiles: paths)
        let split = try SplitFractions(validation: Self.share, test: Self.share)
        guard let window = Self.window(rowCount: survey.longestRowCount, split: split) else {
            throw DatasetError.tableTooShort(path: paths.joined(separator: ", "), rowCount: survey.longestRowCount, neededCount: Self.leastRowCount(split))
        }
        let columns = survey.numberColumns
        let target = columns[columns.count - 1]
        let windowCount = windowCount(in: split.range(of: .training, count: survey.longestRowCount).count, length: window.length, ahead: window.horizon)
            * survey.seriesCount
        hidden = windowCount < 1000 ? 32 : 128
        batch = windowCount < 1000 ? 8 : 32
        epochs = min(Self.epochLimit, max(1, Self.stepCount / max(1, (windowCount + batch - 1) / batch)))
        data = [
            JSONMember(key: "columns", value: .list(columns.map(JSONValue.text))), JSONMember(key: "targets", value: .list([.text(target)])),
        ] + Self.categories(survey.categoryColumns) + Self.id(survey.id)
            + Self.choices(survey.reading) + Self.windowMembers(length: window.length, horizon: window.horizon)
        // Check that the suggested options are valid.
        let options = SeriesOptions(
            files: paths, columns: columns, targets: [target], length: window.length, horizon: window.horizon, relative: true, split: split,
            reading: survey.reading, id: survey.id ?? "", scaling: survey.id == nil ? .global : .series,
            categories: survey.categoryColumns)
        notes = Self.notes(survey) + (try SeriesWindows(options, batchSize: batch, seed: 1)).notes
        advice = Self.advice(survey.reading) + Self.idAdvice(survey) + Self.categoryAdvice(survey)
            + ["data.targets: the columns to forecast; \(target), the last one, was taken.", Self.windowAdvice]
    }

    // MARK: Windows

    private static let windowAdvice = "data.length and data.horizon: the rows it looks back, and how far ahead it forecasts."

    private static func windowMembers(length: Int, horizon: Int) -> [JSONMember] {
        [
            JSONMember(key: "length", value: .integer(length)), JSONMember(key: "horizon", value: .integer(horizon)),
            JSONMember(key: "relative", value: .bool(true)), JSONMember(key: "validationFraction", value: .real(share)),
            JSONMember(key: "testFraction", value: .real(share)),
        ]
    }

    /// The longest of a few window sizes that takes at most half of the training part, so that there are enough windows; with few rows the smallest.
    private static func window(rowCount: Int, split: SplitFractions) -> (length: Int, horizon: Int)? {
        let counts = DataPart.allCases.map { split.range(of: $0, count: rowCount).count }
        let windows = [(96, 24), (48, 12), (24, 6), (12, 3), (6, 1), (3, 1), (2, 1), (1, 1)]
        func fits(_ window: (length: Int, horizon: Int), within training: Int) -> Bool {
            window.length + window.horizon <= training && counts[1] >= window.horizon && counts[2] >= window.horizon
        }
        return windows.first { fits($0, within: counts[0] / 2) } ?? windows.reversed().first { fits($0, within: counts[0]) }
    }

    private static func leastRowCount(_ split: SplitFractions) -> Int { (1...100).first { window(rowCount: $0, split: split) != nil } ?? 1 }

    // MARK: Choices

    private static func id(_ name: String?) -> [JSONMember] {
        name.map { [JSONMember(key: "id", value: .text($0)), JSONMember(key: "scaling", value: .text(SeriesScale.series.rawValue))] } ?? []
    }

    private static func categories(_ names: [String]) -> [JSONMember] {
        names.isEmpty ? [] : [JSONMember(key: "categories", value: .list(names.map(JSONValue.text)))]
    }

    private static func categoryAdvice(_ survey: TableSurvey) -> [String] {
        let (names, others) = (survey.categoryColumns, survey.categoryColumnsWithGaps)
        let chosen = "data.categories: each value of \(names.joined(separator: ", ")) is an input of its own; leave out what shouldn't count."
        let possible = "data.categories: \(others.joined(separator: ", ")) can be among them with data.missing \"mask\": an empty field is no value then."
        return (names.isEmpty ? [] : [chosen]) + (others.isEmpty ? [] : [possible])
    }

    private static func idAdvice(_ survey: TableSurvey) -> [String] {
        guard let id = survey.id else { return [] }
        let tells = survey.seriesAreFiles ? "each file is a series;" : "\(id) tells \(survey.seriesCount) series apart."
        return ["data.id: \(tells) data.scaling: each by its own mean and deviation; \"global\" by those of all."]
    }

    /// The reading options for which the default would be an error.
    private static func choices(_ reading: TableReading) -> [JSONMember] {
        let usual = TableReading()
        return [
            reading.header == usual.header ? nil : JSONMember(key: "header", value: .text(reading.header.rawValue)),
            reading.missing == usual.missing ? nil : JSONMember(key: "missing", value: .text(reading.missing.rawValue)),
            reading.order == usual.order ? nil : JSONMember(key: "order", value: .text(reading.order.rawValue)),
        ].compactMap(\.self)
    }

    private static func advice(_ reading: TableReading) -> [String] {
        [
            reading.header == .no ? "data.header: the first line is taken for a row; \"yes\" takes it for names." : nil,
            reading.missing == .fill ? "data.missing: the last known value stands in; \"drop\" leaves such rows out, \"mask\" also says where they are." : nil,
            reading.order == .ascending ? "data.order: rows are sorted by time; \"file\" leaves them as they are." : nil,
        ].compactMap(\.self)
    }

    private static func notes(_ survey: TableSurvey) -> [String] {
        let leftOut = survey.leftOutInWords
        return leftOut.isEmpty ? [] : ["columns left out: \(leftOut)"]
    }
}
