import Kernels

/// The order of an epoch's examples: a permutation that depends only on the seed and the epoch.
///
/// Fisher-Yates shuffle, from the last position down: position i swaps with position j, an integer of 0 ... i that Philox gives for
/// (epoch, i). Cost: about 20 ns and 4 bytes an example. Above ``shuffledCount`` examples no list is stored; ``KeyedPermutation`` computes each position.
public struct ExampleOrder: Sendable, Equatable {
    /// Half a gigabyte, and some seconds an epoch.
    static let shuffledCount = 1 << 27

    public let count: Int
    /// Empty if no list is stored.
    private var examples: [UInt32] = []
    private let permutation: KeyedPermutation

    /// - Precondition: `exampleCount` and `epoch` are less than 2³².
    public init(exampleCount: Int, seed: UInt64, epoch: Int) {
        let random = Philox(seed: seed, purpose: .exampleOrder)
        count = exampleCount
        permutation = KeyedPermutation(count: exampleCount, seed: seed, epoch: epoch)
        guard exampleCount <= Self.shuffledCount else { return }
        examples = Array(0..<UInt32(exampleCount))
        for place in stride(from: exampleCount - 1, to: 0, by: -1) {
            examples.swapAt(place, random.integer(below: place + 1, epoch, place))
        }
    }

    /// The example at a position of the epoch.
    public subscript(place: Int) -> Int { examples.isEmpty ? permutation[place] : Int(examples[place]) }

    /// The fingerprint's text for the order, besides the seed; empty for the shuffle.
    static func fingerprintText(exampleCount: Int) -> String { exampleCount > shuffledCount ? ", in the order of a keyed permutation" : "" }
}

/// A permutation of 0 ..< count without a list: four rounds of a Feistel network over pairs of half as many bits, with Philox as its round function,
/// repeated until the result is below `count` (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
/// Cost: about 0.2 µs a position.
package struct KeyedPermutation: Sendable, Equatable {
    private let count: Int
    private let random: Philox
    private let epoch: Int
    private let halfBits: Int

    package init(count: Int, seed: UInt64, epoch: Int) {
        self.count = count
        random = Philox(seed: seed, purpose: .exampleOrder)
        self.epoch = epoch
        let bits = Int.bitWidth - max(0, count - 1).leadingZeroBitCount
        halfBits = max(1, (bits + 1) / 2)
    }

    package subscript(place: Int) -> Int {
        precondition(place >= 0 && place < count, "place \(place) of \(count)")
        var value = place
        // Terminates, since a permutation's cycle returns to `place`, which is below `count`; on average after at most four iterations.
        repeat { value = permuted(value) } while value >= count
        return value
    }

    private func permuted(_ value: Int) -> Int {
        let mask = 1 << halfBits - 1
        var (left, right) = (value >> halfBits, value & mask)
        // The shuffle uses 0 as the third counter.
        for round in 1...4 { (left, right) = (right, left ^ Int(random.block(epoch, right, round).x) & mask) }
        return left << halfBits | right
    }
}
