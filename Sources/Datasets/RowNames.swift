/// What the rows of the CSV file at `path` are called: the texts of its first column that has dates, times or other texts with digits in every row, in
/// the rows' order; nil if it has none. What follows all dates alike, midnight, is left out.
/// - Throws: ``DatasetError`` where the file can't be read.
public func rowNames(ofFile path: String) throws(DatasetError) -> [String]? {
    var reader = CSVReader(bytes: try fileBytes(at: path), path: path)
    let header = try NumberTable.header(&reader)
    var columns = Array(repeating: [String](), count: header.count)
    var candidates: [Int]?
    while let record = try reader.nextRecord(keeping: header.count) {
        candidates = (candidates ?? Array(header.indices)).filter { record.fields.indices.contains($0) && isRowName(record.fields[$0].text) }
        for column in candidates ?? [] { columns[column].append(record.fields[column].text) }
        if candidates?.isEmpty == true { return nil }
    }
    guard let names = candidates?.first.map({ columns[$0] }), Set(names).count > 1 else { return nil }
    for midnight in [" 00:00:00", "T00:00:00", "T00:00:00Z", " 00:00"] where names.allSatisfy({ $0.hasSuffix(midnight) }) {
        return names.map { String($0.dropLast(midnight.count)) }
    }
    return names
}

/// Two digits at the least, and not a number: "1949-01", "Jan 49", "12:30".
private func isRowName(_ text: String) -> Bool {
    text.utf8.count <= 40 && text.utf8.count { (0x30...0x39).contains($0) } >= 2 && Double(text) == nil
}
