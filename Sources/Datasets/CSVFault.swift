import StrictJSON

/// A syntax or value error at a position of a CSV file.
public enum CSVFault: Sendable, Equatable, CustomStringConvertible {
    case unterminatedQuote
    case quoteInsideField
    case textAfterQuote
    case loneCarriageReturn
    case notUTF8
    case fieldCount(found: Int, wanted: Int)
    case tooManyColumns(found: Int, limit: Int)
    /// `place` is the column's number, from 1.
    case unnamedColumn(place: Int)
    case duplicateColumn(name: String)
    case noRows
    case notANumber(text: String, columnName: String)
    case notFinite(text: String, columnName: String)

    public var description: String {
        switch self {
        case .unterminatedQuote: "a quote begins here and the file ends without closing it."
        case .quoteInsideField: "a quote stands inside a field that doesn't begin with one. Quote the whole field and double this quote."
        case .textAfterQuote: "text follows a closing quote; only a delimiter or the line's end may. Double a quote that is part of the field."
        case .loneCarriageReturn: "a carriage return stands here without a line feed. Lines must end in LF or CR LF."
        case .notUTF8: "this field isn't UTF-8. Convert the file."
        case .fieldCount(let found, let wanted):
            "this line has \(found) field\(found == 1 ? "" : "s"); the header has \(wanted). "
                + "Fix the line; if the fields are separated by something else, set data.delimiter."
        case .tooManyColumns(let found, let limit): "the header has \(found) columns; at most \(limit) are read. Give a file with fewer."
        case .unnamedColumn(let place):
            "column \(place) of the header has no name. Name the columns to read in data.columns, or give it a name."
        case .duplicateColumn(let name): "the header has a second column '\(JSONValue.printable(name))'. Rename one, or name other columns in data.columns."
        case .noRows: "the file ends behind its header; rows of numbers are wanted."
        case .notANumber(let text, let name):
            "column '\(JSONValue.printable(name))' is \"\(JSONValue.printable(text, scalarCount: 40))\" here, which is not a number. "
                + "\(hint(forNumberLike: text) ?? "Fix it, or name the columns to read in data.columns")."
        case .notFinite(let text, let name):
            "column '\(JSONValue.printable(name))' is \"\(JSONValue.printable(text, scalarCount: 40))\" here; a finite number is wanted. "
                + "Fix it, or leave the row or column out."
        }
    }
}
