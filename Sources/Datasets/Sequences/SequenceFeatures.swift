/// Over which time steps mean and deviation are taken that standardise a sequence's numbers.
public enum StandardizationRange: String, Sendable, Hashable, CaseIterable {
    /// All of the training part.
    case training
    /// The sequence's own: in speech, the normalisation of cepstral means and variances by utterance.
    case sequence
}

/// How the numbers of a sequence become a model's inputs, `[time, features · (1 + deltas) + marks]`: standardised and without gaps, beside them their deltas, which
/// are standardised too, then the marks of what was missing.
struct SequenceFeatures: Sendable {
    /// How often differences are taken.
    private let deltaOrder: Int
    private let range: StandardizationRange
    private let filling: SequenceFilling
    private let numbers: SeriesStatistics
    private let deltas: SeriesStatistics

    /// - Parameters:
    ///   - trainingRows: those whose mean and deviation count.
    ///   - stored: the scale of an earlier run; nil for none.
    /// - Throws: ``DatasetError`` for columns that can't be scaled, and for options that contradict each other.
    init(_ table: SequenceTable, options: SequenceOptions, trainingRows: [Int], stored: [SeriesStatistics.Column]?) throws(DatasetError) {
        try options.checkFeatures()
        filling = try SequenceFilling(table, options: options, trainingRows: trainingRows, stored: stored)
        (deltaOrder, range) = (options.deltaOrder, options.standardization)
        let (width, names) = (table.width, Self.deltaNames(of: table.featureNames, order: options.deltaOrder))
        if let stored {
            numbers = SeriesStatistics(columns: Array(stored.prefix(width)))
            deltas = SeriesStatistics(columns: Array(stored.dropFirst(width).prefix(names.count)))
        } else if options.standardization == .sequence {
            (numbers, deltas) = (Self.unscaled(table.featureNames), Self.unscaled(names))
        } else {
            let numbers = try SeriesStatistics(columns: Self.scale(of: table, options: options, trainingRows: trainingRows))
            (self.numbers, deltas) = (numbers, try Self.scale(ofDeltas: names, of: table, options: options, trainingRows: trainingRows, numbers, filling))
        }
    }

    /// Those of numbers of which none is missing.
    /// - Parameter stored: the scale of an earlier run.
    init(options: SequenceOptions, stored: [SeriesStatistics.Column]) {
        let width = stored.count / (1 + options.deltaOrder)
        (deltaOrder, range, filling) = (options.deltaOrder, options.standardization, SequenceFilling(width: width))
        (numbers, deltas) = (SeriesStatistics(columns: Array(stored.prefix(width))), SeriesStatistics(columns: Array(stored.dropFirst(width))))
    }

    /// Of each number of a time step.
    var scale: [SeriesStatistics.Column] { numbers.columns + deltas.columns + filling.markColumns }
    var notes: [String] { filling.notes }

    /// A sequence's inputs.
    /// - Parameters:
    ///   - values: `[time, features]`, NaN for a missing one.
    ///   - path: the name of their file.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``, ``DatasetError/columnOutOfScale(path:column:)``.
    func inputs(of values: [Double], path: String) throws(DatasetError) -> [Float] {
        let width = numbers.columns.count
        let own = range == .sequence ? try Self.statistics(of: values, like: numbers, path: path) : numbers
        let filled = filling.filled(try own.standardised(values, of: path), of: values)
        guard deltaOrder > 0 else { return filling.marking(filled, of: values) }
        let differences = Self.deltas(of: filled, width: width, order: deltaOrder)
        let scale = range == .sequence ? try Self.statistics(of: differences, like: deltas, path: path) : deltas
        let standardised = try scale.standardised(differences, of: path)
        let deltaWidth = width * deltaOrder
        var rows: [Float] = []
        rows.reserveCapacity(filled.count + standardised.count)
        for time in 0..<filled.count / width {
            rows += filled[time * width..<(time + 1) * width]
            rows += standardised[time * deltaWidth..<(time + 1) * deltaWidth]
        }
        return filling.marking(rows, of: values)
    }

    /// Differences over two time steps before and after each one, as `compute_deltas` of torchaudio has them: `[time, order · features]`.
    ///
    /// ```
    /// d[t] = (x[t+1] - x[t-1] + 2 (x[t+2] - x[t-2])) / 10      beyond its ends a sequence has the numbers of its ends
    /// ```
    static func deltas(of values: [Float], width: Int, order: Int) -> [Double] {
        let count = values.count / width
        var deltas = Array(repeating: 0.0, count: values.count * order)
        var source = values.map(Double.init)
        for number in 0..<order {
            func value(_ time: Int, _ feature: Int) -> Double { source[min(max(time, 0), count - 1) * width + feature] }
            var next = source
            for time in 0..<count {
                for feature in 0..<width {
                    let near = value(time + 1, feature) - value(time - 1, feature)
                    let far = value(time + 2, feature) - value(time - 2, feature)
                    next[time * width + feature] = (near + 2 * far) / 10
                    deltas[(time * order + number) * width + feature] = next[time * width + feature]
                }
            }
            source = next
        }
        return deltas
    }

    private static func deltaNames(of names: [String], order: Int) -> [String] {
        (0..<order).flatMap { number in names.map { $0 + (number == 0 ? " delta" : " delta \(number + 1)") } }
    }

    private static func unscaled(_ names: [String]) -> SeriesStatistics {
        SeriesStatistics(columns: names.map { SeriesStatistics.Column(name: $0, mean: 0, deviation: 1) })
    }

    /// Mean and deviation of a single sequence.
    private static func statistics(of values: [Double], like all: SeriesStatistics, path: String) throws(DatasetError) -> SeriesStatistics {
        let width = all.columns.count
        var columns: [SeriesStatistics.Column] = []
        for (feature, column) in all.columns.enumerated() {
            let known = stride(from: feature, to: values.count, by: width).lazy.map { values[$0] }.filter { !$0.isNaN }
            columns.append(try SeriesStatistics.Column(name: column.name, values: Array(known), path: path))
        }
        return SeriesStatistics(columns: columns)
    }

    /// Mean and deviation of each number of a time step over all steps of the training part.
    private static func scale(of table: SequenceTable, options: SequenceOptions, trainingRows: [Int]) throws(DatasetError) -> [SeriesStatistics.Column] {
        let width = table.width
        guard !options.hasPen else { return try NextNumberTargets.scale(of: table, trainingRows: trainingRows, path: options.fileNames) }
        var scale: [SeriesStatistics.Column] = []
        for (feature, name) in table.featureNames.enumerated() {
            let values = trainingRows.lazy.flatMap { row in
                stride(from: table.starts[row] + feature, to: table.starts[row + 1], by: width).lazy.map { table.numbers[$0] }.filter { !$0.isNaN }
            }
            // Mapped numbers may be more than the memory holds.
            scale.append(
                table.numbers.file == nil
                    ? try SeriesStatistics.Column(name: name, values: Array(values), path: options.fileNames)
                    : try SeriesStatistics.Column(name: name, values: values, path: options.fileNames))
        }
        return scale
    }

    /// The same of deltas, which are computed once for the means and once for the deviations, since all of them may be more than the memory holds.
    private static func scale(
        ofDeltas names: [String], of table: SequenceTable, options: SequenceOptions, trainingRows: [Int], _ numbers: SeriesStatistics, _ filling: SequenceFilling
    ) throws(DatasetError) -> SeriesStatistics {
        guard !names.isEmpty else { return SeriesStatistics(columns: []) }
        var (stepCount, means, variances) = (0, names.map { _ in 0.0 }, names.map { _ in 0.0 })
        func visit(_ body: (_ place: Int, _ value: Double) -> Void) throws(DatasetError) {
            for row in trainingRows {
                let values = table.numbers[table.starts[row]..<table.starts[row + 1]]
                let filled = filling.filled(try numbers.standardised(values, of: table.positions[row].path), of: values)
                let deltas = deltas(of: filled, width: table.width, order: options.deltaOrder)
                for (place, value) in deltas.enumerated() { body(place % names.count, value) }
            }
        }
        for row in trainingRows { stepCount += (table.starts[row + 1] - table.starts[row]) / table.width }
        let count = Double(max(1, stepCount))
        try visit { means[$0] += $1 / count }
        try visit { variances[$0] += ($1 - means[$0]) * ($1 - means[$0]) / count }
        var columns: [SeriesStatistics.Column] = []
        for (place, name) in names.enumerated() {
            // Numbers that never change have no deltas but rounding.
            let deviation = variances[place].squareRoot()
            guard means[place].isFinite, deviation.isFinite else { throw .columnOutOfScale(path: options.fileNames, column: name) }
            columns.append(SeriesStatistics.Column(name: name, mean: means[place], deviation: deviation > 1e-12 ? deviation : 1))
        }
        return SeriesStatistics(columns: columns)
    }
}

extension SequenceOptions {
    /// The names of a time step's numbers as files have them, without deltas and marks.
    func ownNames(among all: [String]) -> [String] {
        let marks = reading.missing == .mask ? Set(MissingMarks.names(among: all)) : []
        let unmarked = all.filter { !marks.contains($0) }
        return Array(unmarked.prefix(unmarked.count / (1 + deltaOrder)))
    }

    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for inputs that aren't what is predicted, where it is the next numbers.
    fileprivate func checkFeatures() throws(DatasetError) {
        guard target == .nextNumbers else { return }
        guard deltaOrder == 0 else {
            throw .optionOutOfRange(key: "data.deltas", found: "\(deltaOrder)", wanted: "0 where the next numbers are predicted: they are the ones that are read")
        }
        guard standardization == .training else {
            throw .optionOutOfRange(
                key: "data.standardize", found: "\"\(standardization.rawValue)\"",
                wanted: "\"training\" where the next numbers are predicted: a sequence that is drawn has no mean of its own")
        }
    }

    /// The lines of a fingerprint that tell these inputs from others; none for numbers as files have them, standardised by the training part.
    var featureLines: [String] {
        guard text.isEmpty else { return [] }
        return (deltaOrder > 0 ? ["deltas \(deltaOrder)"] : []) + (standardization == .training ? [] : ["standardised by \(standardization.rawValue)"])
    }
}
