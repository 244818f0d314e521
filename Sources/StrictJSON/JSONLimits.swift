/// Limits on a text; exceeding one is an error.
public struct JSONLimits: Sendable {
    /// Nesting depth of arrays and objects; a text `[]` has depth 1. A value above `deepest` counts as `deepest`.
    public var depth = 64
    /// Size of the whole text in bytes.
    public var byteCount = 64 << 20
    /// Number of values in the whole text, including arrays and objects. Bounds the memory: a value takes some 32 bytes besides its text, a member some 64.
    public var valueCount = 2 << 20

    /// The parser is recursive, and so is deallocating a value: this many levels fit the half MiB of stack of a Dispatch thread.
    static let deepest = 512

    public init() {}
}
