/// Tokens of a batch, borrowed for the duration of a call; negative where there is none.
@frozen
public struct TokenView: @unchecked Sendable {
    @usableFromInline let base: UnsafePointer<Int32>
    public let count: Int

    @inlinable
    init(base: UnsafePointer<Int32>, count: Int) {
        self.base = base
        self.count = count
    }

    @inlinable
    public subscript(index: Int) -> Int {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return Int(base[index])
        }
    }

    /// `count` tokens, starting at `start`.
    @inlinable
    public func slice(from start: Int, count: Int) -> TokenView {
        precondition(start >= 0 && count >= 0 && start + count <= self.count)
        return TokenView(base: base + start, count: count)
    }
}
