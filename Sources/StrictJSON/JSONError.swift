/// Why a text is not JSON that this room takes: the first fault, where it is, what was found there and what was expected.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    public var position: JSONPosition
    /// One line without the position: "found ']' after a comma, expected another value or no comma".
    public var message: String

    public init(position: JSONPosition, message: String) {
        self.position = position
        self.message = message
    }

    /// "14:7: found …, expected …", so that a file's name and a colon can stand before it.
    public var description: String { "\(position): \(message)" }
}
