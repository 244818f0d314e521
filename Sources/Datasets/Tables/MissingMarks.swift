import StrictJSON

/// Marks of missing values (`data.missing` "mask"): for each column that lacks some in training, and for each predicted one, a further column, an input that
/// is 1 where its value was missing, and otherwise 0.
enum MissingMarks {
    /// "price missing".
    static func name(of column: String) -> String { column + suffix }

    private static let suffix = " missing"

    /// Those among the names of stored columns: of which another one is the column that they mark.
    static func names(among stored: [String]) -> [String] {
        let all = Set(stored)
        return stored.filter { $0.hasSuffix(suffix) && all.contains(String($0.dropLast(suffix.count))) }
    }
}

extension NumberTable {
    /// Names of the marks of the columns that lack values in some rows, and of the predicted ones.
    func neededMarks(in rows: [Range<Int>], targetPlaces: [Int]) -> [String] {
        let width = columnNames.count
        var needed = columnNames.indices.map(targetPlaces.contains)
        for row in isMissing.isEmpty ? [] : rows.flatMap(Array.init) {
            for place in 0..<width where isMissing[row * width + place] { needed[place] = true }
        }
        return zip(columnNames, needed).filter(\.1).map { MissingMarks.name(of: $0.0) }
    }

    /// The same with marks as further columns.
    /// - Parameters:
    ///   - names: of the marks; columns without one that lack values are filled all the same.
    ///   - place: of the first mark among the columns.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a column that is called like a mark.
    func adding(marks names: [String], at place: Int, path: String) throws(DatasetError) -> NumberTable {
        guard !names.isEmpty else { return self }
        // In a stored run it would be taken for a mark.
        if let twin = MissingMarks.names(among: columnNames).first ?? names.first(where: columnNames.contains) {
            throw .optionOutOfRange(
                key: "data.missing", found: "\"mask\"",
                wanted: "another choice, or the column '\(JSONValue.printable(twin, scalarCount: 40))' of \(path) renamed: "
                    + "so is called where another one lacks values")
        }
        let width = columnNames.count
        let marked = names.map { name in columnNames.firstIndex { MissingMarks.name(of: $0) == name } }
        var (values, isMissing): ([Double], [Bool]) = ([], [])
        values.reserveCapacity(self.values.count + rowCount * names.count)
        isMissing.reserveCapacity(values.capacity)
        for row in 0..<rowCount {
            let own = row * width..<(row + 1) * width
            let lacks = self.isMissing.isEmpty ? Array(repeating: false, count: width) : Array(self.isMissing[own])
            let marks = marked.map { $0.map { lacks[$0] } ?? false }
            let middle = own.lowerBound + place
            values += self.values[own.lowerBound..<middle] + marks.map { $0 ? 1 : 0 } + self.values[middle..<own.upperBound]
            isMissing += lacks[..<place] + marks.map { _ in false } + lacks[place...]
        }
        var fingerprint = Fingerprint()
        fingerprint.add(self.fingerprint)
        for name in names { fingerprint.add(name) }
        fingerprint.add(isMissing.lazy.map { $0 ? 1 : 0 })
        var namesNow = columnNames
        namesNow.insert(contentsOf: names, at: place)
        return NumberTable(self, columnNames: namesNow, values: values, isMissing: isMissing, fingerprint: fingerprint.value)
    }

    private init(_ table: NumberTable, columnNames: [String], values: [Double], isMissing: [Bool], fingerprint: UInt64) {
        (self.columnNames, self.values, self.isMissing, self.fingerprint) = (columnNames, values, isMissing, fingerprint)
        (rowCount, lines, notes, times) = (table.rowCount, table.lines, table.notes, table.times)
        (series, repeatedTimeCount) = (table.series, table.repeatedTimeCount)
    }
}
