/// A result of each sequence, written by several threads, each element by one of them.
struct SequenceResults<Result>: @unchecked Sendable {
    private let results: UnsafeMutableBufferPointer<Result>

    init(_ results: UnsafeMutableBufferPointer<Result>) { self.results = results }

    subscript(sequence: Int) -> Result {
        get { results[sequence] }
        nonmutating set { results[sequence] = newValue }
    }
}
