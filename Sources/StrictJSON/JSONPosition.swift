/// A position in a text, as editors show it: both count from 1, and a column is a Unicode scalar.
/// (0, 0) belongs to values made in memory.
public struct JSONPosition: Equatable, Sendable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// "14:7".
    public var description: String { "\(line):\(column)" }
}
