/// A result of each sequence, written by several threads, each element by one of them.
package struct SequenceResults<Result>: @unchecked Sendable {
    private let results: UnsafeMutableBufferPointer<Result>

    package init(_ results: UnsafeMutableBufferPointer<Result>) { self.results = results }

    package subscript(sequence: Int) -> Result {
        get { results[sequence] }
        nonmutating set { results[sequence] = newValue }
    }
}
