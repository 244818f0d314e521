import FoundationEssentials
import Testing

extension MPIGroupTests {
    @Suite("sums over ranks")
    struct SumTests {
        @Test("the sum is the fixed tree's on every rank, bit for bit, split into pieces or not; the fast sum is close", arguments: MPIGroupTests.rankCounts)
        func sumsAreTheTrees(rankCount: Int) throws {
            let scratch = try ScratchDirectory()
            defer { scratch.remove() }
            let counts = Set([0, 1, rankCount - 1, rankCount, rankCount + 1, 1000, 100_003]).sorted()
            for count in counts {
                for rank in 0..<rankCount {
                    try scratch.write(counterFloats(seed: UInt64(count), rank: rank, count: count), "count-\(count).\(rank).in")
                }
            }
            let run = try ProbeRun(rankCount: rankCount, "sum", scratch.url.path())
            try #require(run.exitCode == 0, "\(run.output)")
            for count in counts {
                let rows = (0..<rankCount).map { counterFloats(seed: UInt64(count), rank: $0, count: count) }
                let wanted = treeSum(rows)
                for rank in 0..<rankCount {
                    let place = "\(count) floats, rank \(rank) of \(rankCount)"
                    for kind in ["tree", "pieces"] {
                        let difference = firstDifference(try scratch.floats("count-\(count).\(rank).\(kind)"), wanted)
                        #expect(difference == nil, "\(kind), \(place)")
                    }
                    let fast = try scratch.floats("count-\(count).\(rank).fast")
                    #expect(areClose(fast, wanted, terms: rows), "fast, \(place)")
                }
            }
        }

        @Test("ranks that each pass a node of the tree over 8 shards get the same sum as one process", arguments: [2, 4, 8])
        func nodeSumsMakeTheSumOfOneProcess(rankCount: Int) throws {
            let scratch = try ScratchDirectory()
            defer { scratch.remove() }
            let shards = (0..<8).map { counterFloats(seed: 8, rank: $0, count: 4099) }
            for rank in 0..<rankCount {
                let owned = shards[rank * 8 / rankCount..<(rank + 1) * 8 / rankCount]
                try scratch.write(treeSum(Array(owned)), "node.\(rank).in")
            }
            let run = try ProbeRun(rankCount: rankCount, "sum", scratch.url.path())
            try #require(run.exitCode == 0, "\(run.output)")
            for rank in 0..<rankCount {
                #expect(firstDifference(try scratch.floats("node.\(rank).tree"), treeSum(shards)) == nil, "rank \(rank) of \(rankCount)")
            }
        }

        /// A sum of n terms in any order has an error of at most (n − 1) · 2⁻²⁴ · Σ|term| to first order; two orders differ by at most twice that.
        private func areClose(_ found: [Float], _ wanted: [Float], terms rows: [[Float]]) -> Bool {
            guard found.count == wanted.count else { return false }
            return found.indices.allSatisfy { place in
                let magnitude = rows.reduce(0.0) { $0 + Double($1[place].magnitude) }
                return abs(Double(found[place]) - Double(wanted[place])) <= 2.01 * Double(rows.count - 1) * 0x1p-24 * magnitude
            }
        }
    }
}

@Suite("assumptions of these tests")
struct ExpectedSumTests {
    @Test("a sum of the tests' floats has other bits in another order")
    func orderShows() {
        let rows = (0..<4).map { counterFloats(seed: 1000, rank: $0, count: 1000) }
        let inOrder = rows.dropFirst().reduce(rows[0]) { zip($0, $1).map { $0 + $1 } }
        #expect(firstDifference(inOrder, treeSum(rows)) != nil)
    }
}
