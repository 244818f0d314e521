/// How much of a text is believed before it is refused.
public struct JSONLimits: Sendable {
    /// Arrays and objects inside one another; a text `[]` has depth 1. What exceeds `deepest` counts as `deepest`.
    public var depth = 64
    /// Bytes of the whole text.
    public var byteCount = 64 << 20
    /// Values in the whole text, arrays and objects among them. Bounds the memory: a value takes some 32 bytes besides its text, a member some 64.
    public var valueCount = 2 << 20

    /// The parser recurses, and so does releasing a value: this many levels fit the half MiB of stack of a Dispatch thread.
    static let deepest = 512

    public init() {}
}
