import StrictJSON

/// The files of a table, whose lines are counted on from file to file, so that a number stands for a line of one of them.
struct TableFiles: Sendable, Equatable {
    private var paths: [String] = []
    /// Lines before the first one of each file.
    private var starts: [Int] = []
    /// Whether lines are rows of arrays, which are shown as counted from 0.
    private var areArrays = false

    /// Lines before those of the file that is being read.
    var lineOffset: Int { starts.last ?? 0 }

    /// Begins with the next file.
    /// - Parameter lineCount: lines of the file before; at least as many as have been counted.
    mutating func begin(_ path: String, after lineCount: Int, areArrays: Bool) {
        self.areArrays = areArrays
        starts.append(paths.isEmpty ? 0 : lineOffset + lineCount)
        paths.append(path)
    }

    var count: Int { paths.count }

    /// The file and its own line for a line that was counted on.
    /// - Returns: the path as nil for a table of a single file.
    func place(of line: Int) -> (path: String?, line: Int) {
        guard paths.count > 1, let file = starts.lastIndex(where: { $0 < line }) else { return (nil, line) }
        return (paths[file], line - starts[file])
    }

    /// "line 30", of several files "line 30 of b.csv", of arrays "row 29".
    func words(_ line: Int) -> String {
        let (path, own) = place(of: line)
        return (areArrays ? "row \(own - 1)" : "line \(own)") + (path.map { " of \(fileName($0))" } ?? "")
    }

    /// What stands before a message about a line: "a.csv:30:4", "a.npy".
    func prefix(_ line: Int, column: Int? = nil, path: String) -> String {
        let (own, ownLine) = place(of: line)
        return (own ?? path) + (areArrays ? "" : ":\(ownLine)" + (column.map { ":\($0)" } ?? ""))
    }
}

/// What stands for the name of a file in `data.id`: each file is a series, which is called as the file without its ending.
package enum FileSeries {
    package static let id = "file"

    /// Whether `id` asks for series by file: no column has that name.
    static func areMeant(by id: String, header: TableHeader) -> Bool { id == self.id && !header.names.contains(id) }

    /// "shop" for "data/shop.csv.gz".
    static func name(ofFile path: String) -> String {
        var name = fileName(path)
        if name.lowercased().hasSuffix(".gz") { name.removeLast(3) }
        guard let point = name.lastIndex(of: "."), point > name.startIndex else { return name }
        return String(name[..<point])
    }

    /// - Throws: ``DatasetError/unusableFile(path:reason:)`` if two files give the same series.
    static func checkNames(of paths: [String]) throws(DatasetError) {
        var seen: [String: String] = [:]
        for path in paths {
            if let other = seen.updateValue(path, forKey: name(ofFile: path)) {
                throw .unusableFile(
                    path: path, reason: "it would be the same series as \(other), '\(JSONValue.printable(name(ofFile: path), scalarCount: 40))', since with "
                        + "data.id \"\(id)\" a series is called as its file. Give one of them another name.")
            }
        }
    }
}

extension RecordReader {
    /// - Throws: ``DatasetError/unusableFile(path:reason:)`` unless the header has the names of the first file's, at `first`, in the same order.
    func requireHeader(_ other: TableHeader, of first: String) throws(DatasetError) {
        guard header.names != other.names else { return }
        throw .unusableFile(
            path: path, reason: "its columns are \(DatasetError.list(header.names)), and those of \(fileName(first)) \(DatasetError.list(other.names)). "
                + "Rows go on from file to file: give all files the same columns, in the same order.")
    }
}

/// "a.csv", "a.csv, b.csv" or "a.csv, b.csv and 10 more files".
package func shownPaths(_ paths: [String]) -> String {
    paths.count <= 6 ? paths.joined(separator: ", ") : paths.prefix(2).joined(separator: ", ") + " and \(paths.count - 2) more files"
}

extension SeriesColumns {
    /// Index of the column with the name of each row's series; nil for a single series, and for series by file.
    static func idColumn(_ id: String, path: String, header: TableHeader) throws(DatasetError) -> Int? {
        guard !id.isEmpty, !FileSeries.areMeant(by: id, header: header) else { return nil }
        return try places(of: [id], key: "data.id", path: path, header: header)?.first
    }
}
