/// A syntax error, or an exceeded limit: the first one in a text, with its position, the text found there and the text expected.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public var position: JSONPosition
    /// One line without the position: "found ']' after a comma, expected another value or no comma".
    public var message: String

    public init(position: JSONPosition, message: String) {
        self.position = position
        self.message = message
    }

    /// "14:7: found …, expected …", which can follow a file's name and a colon.
    public var description: String { "\(position): \(message)" }
}
