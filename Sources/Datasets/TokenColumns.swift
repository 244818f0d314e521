import Batches

/// Token sequences, time-major, padded at the end to the longest: `[time, batch]`.
struct TokenColumns {
    let timeCount: Int
    let lengths: [Int]
    let tokens: [Int32]

    init<Sequences: Collection>(_ sequences: Sequences) where Sequences.Element: Collection<Int32> {
        let width = sequences.count
        lengths = sequences.map(\.count)
        timeCount = lengths.max() ?? 0
        var tokens = Array(repeating: Batch.padding, count: timeCount * width)
        for (column, sequence) in sequences.enumerated() {
            for (time, token) in sequence.enumerated() { tokens[time * width + column] = token }
        }
        self.tokens = tokens
    }
}
