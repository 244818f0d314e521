import NumberText
import StrictJSON

/// Missing values of a table's rows, and lines that aren't rows.
public struct MissingValues: Sendable, Equatable {
    /// A missing value.
    public struct Place: Sendable, Equatable {
        public let line: Int
        /// Start of the field; 1 if the line has no such field.
        public let column: Int
        public let columnName: String
        /// Empty, or a marker such as "NA".
        public let text: String
    }

    /// A blank line between rows, or a line without a number in a table of numbers.
    public struct Stray: Sendable, Equatable {
        public let line: Int
        /// Empty for a blank line.
        public let text: String
    }

    public internal(set) var valueCount = 0
    /// Number of rows with a missing value.
    public internal(set) var rowCount = 0
    /// Number of all rows.
    public internal(set) var tableRowCount = 0
    public internal(set) var first: Place?
    /// Number of missing values by column, for columns that have some, in column order.
    public internal(set) var columns: [ColumnCount] = []
    public internal(set) var strayCount = 0
    /// The first few such lines.
    public internal(set) var strays: [Stray] = []

    public struct ColumnCount: Sendable, Equatable {
        public let name: String
        public let count: Int
    }

    static let shownCount = 3

    var isEmpty: Bool { valueCount == 0 && strayCount == 0 }

    /// The table's files, of which lines are counted on from one to the next.
    var files = TableFiles()

    /// Position of the first.
    var position: (line: Int, column: Int) {
        let stray = strays.first.map { ($0.line, 1) }
        guard let first else { return stray ?? (1, 1) }
        return stray.map { $0.0 < first.line ? $0 : (first.line, first.column) } ?? (first.line, first.column)
    }

    /// "12 values are missing in 5 of 9,357 rows: column 'CO' 7, 'NOx' 5; the first is '?' in line 30".
    var valuesInWords: String {
        guard let first else { return "" }
        let shown = columns.prefix(Self.shownCount).map { "'\(JSONValue.printable($0.name, scalarCount: 40))' \(grouped($0.count))" }.joined(separator: ", ")
        let rest = columns.count > Self.shownCount ? " and \(columns.count - Self.shownCount) more columns" : ""
        let text = first.text.isEmpty ? "empty" : "\"\(JSONValue.printable(first.text, scalarCount: 20))\""
        return "\(counted(valueCount, "value")) \(valueCount == 1 ? "is" : "are") missing in \(grouped(rowCount)) of \(counted(tableRowCount, "row"))"
            + " (column \(shown)\(rest)); the first is \(text) in \(files.words(first.line))"
    }

    /// "2 lines are not rows of numbers: line 7 ("0.77 Dividend"), line 30 (blank)".
    func straysInWords(areLeftOut: Bool) -> String {
        let shown = strays.prefix(Self.shownCount).map { $0.inWords(files) }.joined(separator: ", ")
        let rest = strayCount > Self.shownCount ? " and \(grouped(strayCount - Self.shownCount)) more" : ""
        let (none, leftOut) = strayCount == 1 ? ("is not a row", " and is left out") : ("are not rows", " and are left out")
        return "\(counted(strayCount, "line")) \(none) of numbers\(areLeftOut ? leftOut : ""): \(shown)\(rest)"
    }
}

extension MissingValues.Stray {
    func inWords(_ files: TableFiles) -> String {
        "\(files.words(line)) (" + (text.isEmpty ? "blank" : "\"\(JSONValue.printable(text, scalarCount: 50))\"") + ")"
    }
}
