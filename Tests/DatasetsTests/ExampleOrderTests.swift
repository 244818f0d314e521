import Datasets
import Testing

@Suite struct ExampleOrderTests {
    private func order(_ count: Int, seed: UInt64 = 1, epoch: Int = 0) -> [Int] {
        let order = ExampleOrder(exampleCount: count, seed: seed, epoch: epoch)
        return (0..<order.count).map { order[$0] }
    }

    @Test("every order is a permutation")
    func permutation() {
        for count in Array(0...40) + [1000, 4096] {
            for epoch in 0..<3 { #expect(order(count, epoch: epoch).sorted() == Array(0..<count)) }
        }
    }

    @Test("an order without a list is a permutation too, different for each epoch and seed")
    func withoutList() {
        func order(_ count: Int, seed: UInt64 = 1, epoch: Int = 0) -> [Int] {
            let permutation = KeyedPermutation(count: count, seed: seed, epoch: epoch)
            return (0..<count).map { permutation[$0] }
        }
        for count in Array(1...70) + [255, 256, 257, 1000, 4096] { #expect(order(count).sorted() == Array(0..<count), "\(count)") }
        #expect(Set([order(100), order(100, epoch: 1), order(100, epoch: 2), order(100, seed: 2)]).count == 4)
        // Neighbours are separated: of 4,096 positions about two have adjacent examples at adjacent positions by chance.
        let places = order(4096)
        #expect(zip(places, places.dropFirst()).count { abs($0 - $1) == 1 } < 12)
        #expect(places.enumerated().count { $0.offset == $0.element } < 8)
    }

    @Test("an order of a thousand million examples is made immediately, without a list")
    func many() {
        let began = ContinuousClock.now
        let order = ExampleOrder(exampleCount: 1_000_000_000, seed: 3, epoch: 2)
        let examples = stride(from: 0, to: 1_000_000_000, by: 10_000_019).map { order[$0] }
        #expect(Set(examples).count == examples.count && examples.allSatisfy { (0..<1_000_000_000).contains($0) })
        #expect(ContinuousClock.now - began < .seconds(1))
    }

    @Test("orders differ by epoch and by seed, and are the same for the same two")
    func function() {
        #expect(order(100) == order(100))
        let orders = [order(100), order(100, epoch: 1), order(100, epoch: 2), order(100, seed: 2), order(100, seed: 1 << 40)]
        #expect(Set(orders).count == orders.count)
    }

    @Test("the orders equal those of an implementation in another language")
    func knownOrders() {
        #expect(order(10) == [0, 5, 2, 6, 9, 8, 1, 3, 4, 7])
        #expect(order(10, epoch: 1) == [0, 8, 9, 5, 3, 2, 4, 7, 6, 1])
        #expect(order(10, seed: 1 << 40 + 5, epoch: 7) == [0, 5, 6, 1, 4, 7, 8, 2, 9, 3])
    }

    @Test("each example comes to each position equally often")
    func uniform() {
        var counts = Array(repeating: Array(repeating: 0, count: 5), count: 5)
        for epoch in 0..<10_000 {
            for (place, example) in order(5, seed: 9, epoch: epoch).enumerated() { counts[place][example] += 1 }
        }
        // Six standard deviations of a count of mean 2,000.
        #expect(counts.joined().allSatisfy { abs($0 - 2000) < 240 }, "\(counts)")
    }

    @Test("an epoch reads every training example once, in its own order, with an incomplete batch last")
    func epochs() throws {
        for (count, batchSize) in [(10, 3), (9, 3), (1, 4), (7, 1), (5, 5)] {
            let options = try GeneratedOptions(trainingCount: count, batchSize: batchSize, seed: 5)
            let examples = EmbeddedReber(options)
            for epoch in 0..<3 {
                let batches = examples.batches(of: .training(epoch: epoch))
                let sizes = (0..<batches.batchCount).map { batches.sequenceCount(ofBatch: $0) }
                #expect(sizes.dropLast().allSatisfy { $0 == batchSize } && sizes.reduce(0, +) == count)
                #expect(batches.allColumns().map(\.index) == order(count, seed: 5, epoch: epoch))
            }
            #expect(examples.batches(of: .evaluation(.training)).allColumns().map(\.index) == Array(0..<count))
        }
    }
}
