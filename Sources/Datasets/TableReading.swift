/// How the file of a table is read.
public struct TableReading: Sendable, Equatable {
    /// The character between two fields.
    public enum Delimiter: String, Sendable, CaseIterable {
        /// What a line "sep=;" or the first lines show; refused where two would do.
        case auto
        case comma, semicolon, tab
    }

    /// The character before a number's decimals.
    public enum Decimal: String, Sendable, CaseIterable {
        /// A point; where fields aren't separated by commas, a comma if the numbers show it.
        case auto
        case point, comma
    }

    /// Whether the first line names the columns.
    public enum Header: String, Sendable, CaseIterable {
        /// It does, and is refused if it holds nothing but numbers and times.
        case auto
        case yes
        /// It is a row; the columns are called column1, column2 and so on.
        case no
    }

    /// What becomes of missing values.
    public enum Missing: String, Sendable, CaseIterable {
        case refuse
        /// Rows with one are left out.
        case drop
        /// The column's last known value stands in; rows before a column's first value are left out.
        case fill
    }

    /// The order of the rows.
    public enum Order: String, Sendable, CaseIterable {
        /// The file's; refused where a column of dates or times shows another one than the oldest first.
        case auto
        /// The file's, whatever the dates.
        case file
        /// Sorted by the first column of dates or times.
        case ascending
    }

    public var delimiter: Delimiter
    public var decimal: Decimal
    public var header: Header
    public var missing: Missing
    public var order: Order

    public init(
        delimiter: Delimiter = .auto, decimal: Decimal = .auto, header: Header = .auto, missing: Missing = .refuse, order: Order = .auto
    ) {
        self.delimiter = delimiter
        self.decimal = decimal
        self.header = header
        self.missing = missing
        self.order = order
    }
}
