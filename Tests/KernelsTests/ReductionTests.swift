import Kernels
import Testing

@Suite("Reductions")
struct ReductionTests {
    /// Chain i has elements i, i + 16, …; the chains are then added in a tree at distances 8, 4, 2 and 1.
    private func plainSumOfSquares(_ values: [Float]) -> Float {
        var chains = Array(repeating: Float(0), count: 16)
        for (index, value) in values.enumerated() { chains[index % 16] = chains[index % 16].addingProduct(value, value) }
        for half in [8, 4, 2, 1] { chains = (0..<half).map { chains[$0] + chains[$0 + half] } }
        return chains[0]
    }

    @Test("A sum of squares has 16 chains and a tree, for any count")
    func sumOfSquares() {
        for count in Array(0...70) + [1000, 4097] {
            let values = floats(count: count, seed: UInt64(count))
            let stored = memory(values)
            #expect(areSame([stored.view.sumOfSquares()], [plainSumOfSquares(values)]), "\(count) floats")
        }
    }

    @Test("The tree over 16 lanes adds at distance 8, then 4, 2, 1")
    func treeOfSixteen() {
        let values = floats(count: 16, seed: 2)
        var level = values
        for half in [8, 4, 2, 1] { level = (0..<half).map { level[$0] + level[$0 + half] } }
        #expect(treeSum(SIMD16(values)) == level[0])
    }

    @Test("The tree over a list adds neighbours in pairs, and an odd last one moves up")
    func treeOfList() {
        #expect(treeSum([Double]()) == 0)
        #expect(treeSum([3.0]) == 3)
        // Numbers whose sum depends on the order: 1 + 2^53 is 2^53.
        let big = 0x1p53
        #expect(treeSum([big, 1, -big]) == 0)
        #expect(treeSum([big, -big, 1]) == 1)
        #expect(treeSum([1, 1, big, -big, 1]) == 3)
        let values = floats(count: 11, seed: 5).map { Double($0) / 3 }
        let pairs = (0..<5).map { values[2 * $0] + values[2 * $0 + 1] }
        let fours = [pairs[0] + pairs[1], pairs[2] + pairs[3], pairs[4] + values[10]]
        let wanted = (fours[0] + fours[1]) + fours[2]
        #expect(treeSum(values) == wanted)
    }

    @Test("Adding, scaling and filling change every float of the view and no other")
    func elementwise() {
        for count in [0, 1, 7, 64, 67] {
            let a = floats(count: count + 2, seed: 6)
            let b = floats(count: count, seed: 7)
            let sum = memory(a)
            let other = memory(b)
            let part = sum.view.slice(from: 1, count: count)
            func expect(_ wanted: (_ index: Int) -> Float) {
                #expect(part.array() == (0..<count).map(wanted))
                #expect(sum.view[0] == a[0] && sum.view[count + 1] == a[count + 1])
            }
            part.add(other.view)
            expect { a[$0 + 1] + b[$0] }
            part.scale(by: 3)
            expect { index in
                let both: Float = a[index + 1] + b[index]
                return both * 3
            }
            part.fill(2)
            expect { _ in 2 }
        }
    }

    @Test("Negative zeros become positive, and nothing else changes")
    func zeros() {
        let values: [Float] = [-0.0, 0, -1, .infinity, -.leastNormalMagnitude, 1e-30, -0.0]
        let found = memory(values)
        found.view.makeZerosPositive()
        #expect(areSame(found.view.array(), values.map { $0 == 0 ? 0 : $0 }))
    }
}
