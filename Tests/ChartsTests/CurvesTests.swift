import Charts
import SeededRandomness
import Testing

@Suite("Curves")
struct CurvesTests {
    private func walk(_ count: Int, seed: UInt64) -> [Point] {
        var generator = SeededGenerator(seed: seed)
        var y = 0.0
        return (0..<count).map { index in
            y += Double.random(in: -1...1, using: &generator)
            return Point(Double(index), y)
        }
    }

    @Test("a thinned curve keeps first, last, lowest and highest points, their order, and the bounds of each range", arguments: [3, 101, 102, 103, 1000, 9999])
    func thinning(count: Int) {
        let points = walk(count, seed: UInt64(count))
        let kept = thinned(points, bucketCount: 50)
        #expect(kept.count <= 102 && kept.first == points.first && kept.last == points.last)
        #expect(count > 102 || kept == points)
        #expect(kept.map(\.y).min() == points.map(\.y).min() && kept.map(\.y).max() == points.map(\.y).max())
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
        #expect(Set(kept.map(\.x)).isSubset(of: points.map(\.x)))
    }

    @Test("smoothing is TensorBoard's weighted mean, and leaves a constant unchanged")
    func smoothing() {
        let points = [Point(0, 1), Point(1, 3), Point(5, 2)]
        // w = 0.5: 1; (0.5·1 + 3)/1.5; (0.25·1 + 0.5·3 + 2)/1.75.
        let wanted = [1, 3.5 / 1.5, 3.75 / 1.75]
        let found = smoothed(points, weight: 0.5)
        #expect(found.map(\.x) == [0, 1, 5])
        #expect(zip(found, wanted).allSatisfy { abs($0.y - $1) < 1e-15 })
        #expect(smoothed(walk(500, seed: 1).map { Point($0.x, 4) }, weight: 0.99).allSatisfy { abs($0.y - 4) < 1e-12 })
        #expect(smoothed(points, weight: 0) == points)
        #expect(usualSmoothingWeight(count: 20) == 0.6 && abs(usualSmoothingWeight(count: 5000) - 0.99) < 1e-12)
    }

    @Test("a histogram counts each value once, including those on bounds")
    func bins() {
        let (bounds, counts) = Histogram.bins(of: [0, 1, 2, 2.5, 4], count: 4)
        #expect(bounds == [0, 1, 2, 3, 4] && counts == [1, 1, 2, 1])
        #expect(Histogram.bins(of: walk(1000, seed: 3).map(\.y), count: 17).counts.reduce(0, +) == 1000)
        #expect(Histogram.bins(of: [], count: 3).counts == [0, 0, 0])
    }
}
