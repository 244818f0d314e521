/// Names of those columns of the CSV file at `path` that hold a number in its first row: what a series can be read from.
/// - Throws: ``DatasetError`` where the file can't be read, or has no header or row. What is wrong further down is found when it is read whole.
public func numericColumns(ofFile path: String) throws(DatasetError) -> [String] {
    let bytes = try fileBytes(at: path)
    try FileFormat.requirePlainText(bytes, path: path, for: .table)
    var reader = CSVReader(bytes: bytes, path: path)
    let header = try NumberTable.header(&reader)
    guard let row = try reader.nextRecord(keeping: header.count) else { throw reader.error(.noRows, at: reader.position) }
    return zip(header, row.fields).filter { Double($0.1.text.trimmingBlanks)?.isFinite == true }.map(\.0)
}

extension String {
    fileprivate var trimmingBlanks: Substring {
        var text = self[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
