import Layers
import ReferenceModel
import Testing

@Suite("Rows without padding")
struct ActiveRowsTests {
    @Test("Ranges of all shares are the rows up to the last sequence that goes on, the rest is padding, and shares are even")
    func ranges() {
        for seed in UInt64(0)..<60 {
            var random = SeededNumbers(seed: seed)
            let (timeCount, sequenceCount) = (1 + random.integers(count: 1, below: 12)[0], 1 + random.integers(count: 1, below: 9)[0])
            var lengths = random.integers(count: sequenceCount, below: timeCount + 1)
            if seed % 3 == 0 { lengths.sort(by: >) }
            if seed % 5 == 0 { lengths = lengths.map { _ in timeCount } }
            let rows = pass(timeCount: timeCount, lengths).activeRows
            let wanted = (0..<timeCount).flatMap { time in
                (0..<((lengths.lastIndex { $0 > time } ?? -1) + 1)).map { time * sequenceCount + $0 }
            }
            #expect(rows.count == wanted.count, "\(lengths)")
            let hasPadding = lengths.contains { $0 < timeCount }
            #expect(rows.hasPadding == hasPadding)
            for shareCount in 1...5 {
                var found: [Int] = []
                for share in 0..<shareCount {
                    let before = found.count
                    rows.forEachRange(ofShare: share, of: shareCount) { found += $0 }
                    #expect((0...1).contains(found.count - before - wanted.count / shareCount), "\(lengths), share \(share) of \(shareCount)")
                }
                #expect(found == wanted, "\(lengths), \(shareCount) shares")
            }
            var padding: [Int] = []
            rows.forEachPadding { padding += $0 }
            #expect((padding + wanted).sorted() == Array(0..<timeCount * sequenceCount), "\(lengths)")
        }
    }

    @Test("Sequences are divided so that no share has a sequence more than it should", arguments: 1...5)
    func division(shareCount: Int) {
        for lengths in [[9, 9, 9, 9, 9], [100, 90, 80, 70, 60, 50, 50], [50, 1, 1, 1], [3], [7, 6, 6, 0, 0]] {
            let rows = pass(timeCount: lengths[0], lengths).activeRows
            let shares = rows.divided(into: shareCount)
            #expect(shares.flatMap { Array($0) } == Array(lengths.indices), "\(lengths)")
            #expect(shares.count == shareCount)
            let most = shares.map { lengths[$0].reduce(0, +) }.max() ?? 0
            #expect(most <= lengths.reduce(0, +) / shareCount + lengths[0], "\(lengths)")
        }
    }

    private func pass(timeCount: Int, _ lengths: [Int]) -> Layers.Pass {
        Layers.Pass(purpose: .inference, timeCount: timeCount, lengths: lengths, sequenceIndices: Array(lengths.indices), segment: .whole)
    }
}
