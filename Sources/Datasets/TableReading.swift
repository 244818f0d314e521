/// Options for reading a table's file.
public struct TableReading: Sendable, Equatable {
    /// The delimiter between two fields.
    public enum Delimiter: String, Sendable, CaseIterable {
        /// Detected from a line "sep=;" or the first lines; an error if two are possible.
        case auto
        case comma, semicolon, tab
    }

    /// The decimal mark.
    public enum Decimal: String, Sendable, CaseIterable {
        /// A point; if the delimiter isn't a comma, a comma if the numbers show it.
        case auto
        case point, comma
    }

    /// Whether the first line contains the column names.
    public enum Header: String, Sendable, CaseIterable {
        /// It does; an error if it contains only numbers and times.
        case auto
        case yes
        /// It is a row; the columns are named column1, column2 and so on.
        case no
    }

    /// Treatment of missing values.
    public enum Missing: String, Sendable, CaseIterable {
        case refuse
        /// Drops rows with a missing value.
        case drop
        /// Fills with the column's last known value; drops rows before a column's first value.
        case fill
        /// Fills inputs as ``fill``, or with the training mean before a column's first value, and says in a column of its own where that was; what is missing
        /// of a target counts neither in the loss nor in an error.
        case mask
    }

    /// The order of the rows.
    public enum Order: String, Sendable, CaseIterable {
        /// The file's order; an error if a column of dates or times isn't ascending.
        case auto
        /// The file's order, regardless of dates.
        case file
        /// Sorted by the first column of dates or times.
        case ascending
    }

    public var delimiter: Delimiter
    public var decimal: Decimal
    public var header: Header
    public var missing: Missing
    public var order: Order
    /// Distance between the rows of a series that has only a start, in pandas's words, such as "H" or "15min"; empty where the file says it.
    public var frequency: String

    public init(
        delimiter: Delimiter = .auto, decimal: Decimal = .auto, header: Header = .auto, missing: Missing = .refuse, order: Order = .auto, frequency: String = ""
    ) {
        self.delimiter = delimiter
        self.decimal = decimal
        self.header = header
        self.missing = missing
        self.order = order
        self.frequency = frequency
    }
}
