/// The characters of a batch's words, for models that also read how a word is spelled.
///
/// Row r, time · sequences + sequence, has the characters `values[starts[r]..<starts[r + 1]]`; rows past a sequence's end have none.
public struct WordCharacters: Sendable, Equatable {
    /// Indices into the vocabulary of characters, one word after the other.
    public let values: [Int32]
    /// Where each row's characters begin, and at last their number: `[time · batch + 1]`.
    public let starts: [Int32]

    /// - Parameter words: the characters of each row.
    public init(_ words: some Sequence<ArraySlice<Int32>>) {
        var (values, starts) = ([Int32](), [Int32(0)])
        for word in words {
            values += word
            starts.append(Int32(values.count))
        }
        (self.values, self.starts) = (values, starts)
    }

    public var rowCount: Int { starts.count - 1 }

    /// Characters of a row.
    public func count(ofRow row: Int) -> Int { Int(starts[row + 1] - starts[row]) }

    /// The characters of a row.
    public subscript(row: Int) -> ArraySlice<Int32> { values[Int(starts[row])..<Int(starts[row + 1])] }
}
