import StrictJSON

/// Mean and standard deviation of each column over the training part, used to standardise a series: z = (x − mean)/deviation.
public struct SeriesStatistics: Sendable, Equatable {
    public struct Column: Sendable, Equatable {
        public var name: String
        public var mean: Double
        /// √(Σ(x − mean)²/n); 1 for a column that is constant, or varies only by rounding. Of counts 1 + their mean, and ``mean`` is 0.
        public var deviation: Double

        public init(name: String, mean: Double, deviation: Double) {
            self.name = name
            self.mean = mean
            self.deviation = deviation
        }

        /// `value` in deviations from the mean.
        public func standardised(_ value: Double) -> Double { (value - mean) / deviation }
        /// The same as float32, the models' input; nil if the square of a difference of two such values overflows.
        public func number(_ value: Double) -> Float? {
            let number = Float(standardised(value))
            return abs(number) < 1e18 ? number : nil
        }

        /// The value at `value` deviations from the mean: the inverse of ``standardised(_:)``.
        public func restored(_ value: Double) -> Double { value * deviation + mean }
    }

    /// The scale of one of several series.
    public struct Series: Sendable, Equatable {
        public let name: String
        public let columns: [Column]
    }

    /// Of all series together.
    public let columns: [Column]
    /// Of each series by itself; empty if all have the scale of ``columns``.
    public let series: [Series]

    /// Computes means first, then deviations in a second pass, each summed in Double in the order of the rows: the same bits everywhere.
    /// - Parameters:
    ///   - trainingRows: of each series.
    ///   - names: of the series that are scaled by themselves, as many; empty to scale all alike.
    ///   - counts: places of columns of counts, which are divided by 1 + their mean, and nothing is subtracted (Salinas et al. 2020).
    ///   - indicators: places of columns of 0 and 1, which stay as they are.
    /// - Throws: ``DatasetError/columnOutOfScale(path:column:)`` if a deviation overflows or underflows.
    init(
        _ table: NumberTable, trainingRows: [Range<Int>], names: [String], counts: Set<Int> = [], indicators: Set<Int> = [], path: String
    ) throws(DatasetError) {
        columns = try Self.columns(of: table, rows: trainingRows, counts: counts, indicators: indicators, path: path)
        var series: [Series] = []
        for (name, rows) in zip(names, trainingRows) {
            let own = try Self.columns(of: table, rows: [rows], counts: counts, indicators: indicators, path: "\(path), series \(namesInWords([name]))")
            series.append(Series(name: name, columns: own))
        }
        self.series = series
    }

    private static func columns(
        of table: NumberTable, rows: [Range<Int>], counts: Set<Int>, indicators: Set<Int>, path: String
    ) throws(DatasetError) -> [Column] {
        let width = table.columnNames.count
        var columns: [Column] = []
        for (index, name) in table.columnNames.enumerated() {
            guard !indicators.contains(index) else {
                columns.append(Column(name: name, mean: 0, deviation: 1))
                continue
            }
            let known = rows.joined().lazy.map { $0 * width + index }.filter { table.isMissing.isEmpty || !table.isMissing[$0] }
            let values = known.map { table.values[$0] }
            columns.append(try counts.contains(index) ? Column(name: name, counts: Array(values)) : Column(name: name, values: Array(values), path: path))
        }
        return columns
    }

    /// The statistics as JSON text, which ``init(json:file:)`` reads back to the same bits.
    public var json: String { value.serialized(indented: true) + "\n" }

    /// The same as a value, which ``init(stored:_:)`` reads back.
    var value: JSONValue {
        let own = series.map { JSONValue.object(["id": .text($0.name), "columns": Self.list(of: $0.columns)]) }
        let members = [JSONMember(key: "columns", value: list)] + (own.isEmpty ? [] : [JSONMember(key: "series", value: .list(own))])
        return JSONValue(.object(members))
    }

    /// The columns as a list, which ``columns(of:_:)`` reads back.
    var list: JSONValue { Self.list(of: columns) }

    private static func list(of columns: [Column]) -> JSONValue {
        .list(columns.map { .object(["name": .text($0.name), "mean": .real($0.mean), "deviation": .real($0.deviation)]) })
    }

    init(columns: [Column], series: [Series] = []) {
        (self.columns, self.series) = (columns, series)
    }

    /// Reads stored statistics. `file` is their name in messages.
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` at the first error.
    public init(json bytes: [UInt8], file: String) throws(DatasetError) {
        let reader = StoredJSON(file: file)
        try self.init(stored: reader.parse(bytes), reader)
    }

    /// Reads stored statistics that are part of a file.
    init(stored document: JSONValue, _ reader: StoredJSON) throws(DatasetError) {
        let members = try reader.members(of: document, named: document["series"] == nil ? ["columns"] : ["columns", "series"])
        columns = try Self.columns(of: members[0], reader)
        guard !columns.isEmpty else { throw reader.error(members[0], "columns must be a list of at least one column") }
        series = try members.count > 1 ? Self.series(of: members[1], reader, like: columns) : []
    }

    private static func series(of list: JSONValue, _ reader: StoredJSON, like all: [Column]) throws(DatasetError) -> [Series] {
        guard let values = list.arrayValue, !values.isEmpty else { throw reader.error(list, "series must be a list of at least one series") }
        var series: [Series] = []
        var names: Set<String> = []
        for value in values {
            let members = try reader.members(of: value, named: ["id", "columns"])
            guard let name = members[0].stringValue, names.insert(name).inserted else {
                throw reader.error(members[0], "id must be a string that no other series has")
            }
            let columns = try Self.columns(of: members[1], reader)
            guard columns.map(\.name) == all.map(\.name) else { throw reader.error(members[1], "columns must be the same as those of all series") }
            series.append(Series(name: name, columns: columns))
        }
        return series
    }

    /// Reads a list of columns, which may be empty.
    static func columns(of list: JSONValue, _ reader: StoredJSON) throws(DatasetError) -> [Column] {
        guard let values = list.arrayValue else { throw reader.error(list, "columns must be a list of at least one column") }
        var columns: [Column] = []
        for value in values {
            let members = try reader.members(of: value, named: ["name", "mean", "deviation"])
            guard let name = members[0].stringValue else { throw reader.error(members[0], "name must be a string") }
            guard let mean = members[1].realValue, mean.isFinite else { throw reader.error(members[1], "mean must be a finite number") }
            guard let deviation = members[2].realValue, deviation.isFinite, deviation > 0 else {
                throw reader.error(members[2], "deviation must be a positive number")
            }
            columns.append(Column(name: name, mean: mean, deviation: deviation))
        }
        return columns
    }
}

extension SeriesStatistics.Column {
    /// The scale of a column with these values in the training part.
    /// - Throws: ``DatasetError/columnOutOfScale(path:column:)`` if the deviation overflows or underflows.
    init(name: String, values: some Sequence<Double>, path: String) throws(DatasetError) {
        self.init(name: name, values: values)
        guard mean.isFinite, deviation.isNormal else { throw .columnOutOfScale(path: path, column: name) }
    }

    /// The scale of a column of counts.
    init(name: String, counts: [Double]) {
        self.init(name: name, mean: 0, deviation: 1 + counts.reduce(0, +) / Double(max(1, counts.count)))
    }

    /// - Parameter values: read several times.
    private init(name: String, values: some Sequence<Double>) {
        let first = values.first { _ in true } ?? 0
        // Rounding would give a constant column a tiny deviation, and so make its later values huge.
        guard values.contains(where: { $0 != first }) else {
            self.init(name: name, mean: first, deviation: 1)
            return
        }
        // Divides each term instead of the sum, which could overflow where the mean doesn't.
        let count = values.reduce(0.0) { sum, _ in sum + 1 }
        let mean = values.reduce(0) { $0 + $1 / count }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
        let deviation = variance.squareRoot()
        self.init(name: name, mean: mean, deviation: Self.isRounding(deviation, of: mean) ? 1 : deviation)
    }

    /// Whether a deviation is so small that it may come from rounding: at most 16 units in the last place of `mean`.
    /// A deviation of 0 means that the values' differences are too small to be squared.
    private static func isRounding(_ deviation: Double, of mean: Double) -> Bool { deviation > 0 && mean.isNormal && deviation <= 16 * mean.ulp.magnitude }
}

extension SeriesStatistics {
    /// `values` in deviations from their columns' means; 0 for one that isn't known.
    /// - Parameters:
    ///   - values: `[row, column]`; rows may have fewer columns than the statistics, the first ones.
    ///   - columnCount: of a row; nil for all columns.
    ///   - file: name of the values' file, for messages.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``; rows from 1.
    public func standardised(_ values: [Double], columnCount: Int? = nil, of file: String) throws(DatasetError) -> [Float] {
        let width = columnCount ?? columns.count
        var standardised: [Float] = []
        standardised.reserveCapacity(values.count)
        for (place, value) in values.enumerated() {
            let column = columns[place % width]
            guard let number = value.isNaN ? 0 : column.number(value) else { throw .valueOutOfScale(path: file, row: place / width + 1, column: column.name) }
            standardised.append(number)
        }
        return standardised
    }

    /// The range of values of the column at `place` over `rows` of `table`, if it counts as constant; otherwise nil.
    func constantRange(of place: Int, in table: NumberTable, rows: some Sequence<Int>) -> Double? {
        guard columns[place].deviation == 1 else { return nil }
        let width = columns.count
        var (least, most) = (Double.infinity, -Double.infinity)
        for row in rows {
            let value = table.values[row * width + place]
            (least, most) = (min(least, value), max(most, value))
        }
        return most - least < 0.5 ? most - least : nil
    }
}
