/// The rows `[time, batch]` of a pass that have data, as far as they are adjacent: at each time step the sequences up to the last one that goes on there. With
/// the longest sequences first (the order in which a model has them) no row of padding is among them.
///
/// Rows are time · sequences + sequence.
package struct ActiveRows: Sendable {
    private let timeCount: Int
    private let sequenceCount: Int
    /// Rows of each time step; nil if every sequence has every time step.
    private let counts: [Int]?
    /// Rows of all time steps.
    package let count: Int

    /// - Parameter lengths: valid time steps of each sequence: `[batch]`.
    init(timeCount: Int, lengths: [Int]) {
        self.timeCount = timeCount
        sequenceCount = lengths.count
        guard lengths.contains(where: { $0 < timeCount }) else {
            (counts, count) = (nil, timeCount * lengths.count)
            return
        }
        var counts = Array(repeating: 0, count: timeCount)
        var last = timeCount
        // From the last sequence on, each fills in the time steps that no later sequence has.
        var reached = 0
        for sequence in lengths.indices.reversed() where lengths[sequence] > reached {
            last = min(lengths[sequence], timeCount)
            for time in reached..<last { counts[time] = sequence + 1 }
            reached = last
        }
        self.counts = counts
        count = counts.reduce(0, +)
    }

    /// So many rows of one time step, none of them padding.
    init(rowCount: Int) { (timeCount, sequenceCount, counts, count) = (1, rowCount, nil, rowCount) }

    package static let none = ActiveRows(rowCount: 0)

    /// Whether the pass has padding beside them.
    package var hasPadding: Bool { counts != nil }

    /// The sequences of a time step.
    @inline(__always)
    package func sequences(at time: Int) -> Range<Int> { 0..<(counts?[time] ?? sequenceCount) }

    /// Calls `body` with the rows of a share of the work, as ranges of adjacent ones. Shares differ by at most one row.
    package func forEachRange(ofShare share: Int, of shareCount: Int, _ body: (Range<Int>) -> Void) {
        let own = share * count / shareCount..<(share + 1) * count / shareCount
        guard let counts else { return own.isEmpty ? () : body(own) }
        var (place, pending) = (0, 0..<0)
        for time in 0..<timeCount where place < own.upperBound {
            let first = time * sequenceCount - place
            let part = (place..<place + counts[time]).clamped(to: own)
            place += counts[time]
            guard !part.isEmpty else { continue }
            let rows = part.lowerBound + first..<part.upperBound + first
            if rows.lowerBound == pending.upperBound {
                pending = pending.lowerBound..<rows.upperBound
            } else {
                if !pending.isEmpty { body(pending) }
                pending = rows
            }
        }
        if !pending.isEmpty { body(pending) }
    }

    /// Calls `body` with the rows of padding of each time step.
    package func forEachPadding(_ body: (Range<Int>) -> Void) {
        guard let counts else { return }
        for time in 0..<timeCount where counts[time] < sequenceCount { body(time * sequenceCount + counts[time]..<(time + 1) * sequenceCount) }
    }

    /// Divides the sequences into shares of adjacent ones with about as many rows each.
    package func divided(into shareCount: Int) -> [Range<Int>] {
        let counts = counts ?? Array(repeating: sequenceCount, count: timeCount)
        var rows = Array(repeating: 0, count: sequenceCount)
        for count in counts { for sequence in 0..<count { rows[sequence] += 1 } }
        var (shares, first, done) = ([Range<Int>](), 0, 0)
        for share in 1...shareCount {
            var last = first
            // A sequence belongs to the share in which the middle of its rows lies.
            while last < sequenceCount, share == shareCount || (done + rows[last] / 2) * shareCount <= share * count {
                done += rows[last]
                last += 1
            }
            shares.append(first..<last)
            first = last
        }
        return shares
    }
}
