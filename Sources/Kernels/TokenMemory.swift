/// Owns the tokens of a batch, so that they can be lent as a view for a whole step. Grows to the most seen.
public struct TokenMemory: ~Copyable, @unchecked Sendable {
    private var base = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private var capacity = 1
    private var count = 0

    public init() {}

    deinit { base.deallocate() }

    /// Overwrites the tokens. Views lent before are invalid if there are more than ever.
    public mutating func copy(_ tokens: [Int32]) {
        if tokens.count > capacity {
            base.deallocate()
            capacity = tokens.count
            base = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        }
        count = tokens.count
        tokens.withUnsafeBufferPointer { source in
            if let first = source.baseAddress { base.update(from: first, count: count) }
        }
    }

    /// The tokens, valid until the next `copy` and as long as this owner lives.
    public var view: TokenView { TokenView(base: base, count: count) }
}
