import Kernels

/// The order in which an epoch reads its examples: a permutation that is a function of the seed and the epoch alone.
///
/// Fisher and Yates's shuffle, from the last place down: place i swaps with place j, an integer of 0 ... i that Philox gives for
/// (epoch, i). Cost: about 20 ns and 4 bytes an example.
public struct ExampleOrder: Sendable, Equatable {
    private var examples: [UInt32]

    /// - Precondition: `exampleCount` and `epoch` are less than 2³².
    public init(exampleCount: Int, seed: UInt64, epoch: Int) {
        let random = Philox(seed: seed, purpose: .exampleOrder)
        examples = Array(0..<UInt32(exampleCount))
        for place in stride(from: exampleCount - 1, to: 0, by: -1) {
            examples.swapAt(place, random.integer(below: place + 1, epoch, place))
        }
    }

    public var count: Int { examples.count }

    /// The example at a place of the epoch.
    public subscript(place: Int) -> Int { Int(examples[place]) }
}
