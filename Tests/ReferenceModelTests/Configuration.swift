import ReferenceModel

/// A small network with a batch made from a seed: what the central differences go over.
struct Configuration: Sendable, CustomStringConvertible {
    enum Head: String, Sendable { case tokenEveryStep, classAtEnd, vectorAtEnd }

    var cell = ReferenceModel.Cell.lstm
    var inputLayer: ReferenceModel.InputLayer
    var hidden: Int, layers: Int, outputs: Int
    var lengths: [Int]
    var head: Head
    var hasInitialStates: Bool
    var seed: UInt64

    var description: String {
        "\(cell), \(inputLayer), hidden \(hidden), layers \(layers), outputs \(outputs), lengths \(lengths), \(head.rawValue), "
            + "\(hasInitialStates ? "given" : "zero") states, seed \(seed)"
    }

    static let all = ReferenceModel.Cell.allCases.flatMap { cell in
        kinds.map { kind in
            var kind = kind
            kind.cell = cell
            return kind
        }
    }

    private static let kinds: [Configuration] = [
        .init(inputLayer: .vectors(width: 3), hidden: 5, layers: 1, outputs: 4, lengths: [4, 1, 6], head: .classAtEnd, hasInitialStates: false, seed: 11),
        .init(inputLayer: .vectors(width: 2), hidden: 4, layers: 2, outputs: 2, lengths: [5, 3], head: .vectorAtEnd, hasInitialStates: true, seed: 12),
        .init(inputLayer: .vectors(width: 4), hidden: 2, layers: 3, outputs: 3, lengths: [2, 5, 3], head: .tokenEveryStep, hasInitialStates: true, seed: 13),
        .init(inputLayer: .oneHot(vocabulary: 6), hidden: 3, layers: 1, outputs: 6, lengths: [7, 2], head: .tokenEveryStep, hasInitialStates: true, seed: 14),
        .init(inputLayer: .oneHot(vocabulary: 3), hidden: 4, layers: 3, outputs: 2, lengths: [3, 4, 1], head: .classAtEnd, hasInitialStates: true, seed: 15),
        .init(inputLayer: .embedding(vocabulary: 5, width: 2), hidden: 3, layers: 2, outputs: 5, lengths: [4, 6], head: .tokenEveryStep, hasInitialStates: false, seed: 16),
        .init(inputLayer: .embedding(vocabulary: 4, width: 3), hidden: 2, layers: 3, outputs: 1, lengths: [5, 2, 3], head: .vectorAtEnd, hasInitialStates: true, seed: 17),
        .init(inputLayer: .embedding(vocabulary: 2, width: 1), hidden: 1, layers: 1, outputs: 2, lengths: [1], head: .classAtEnd, hasInitialStates: false, seed: 18),
    ]

    func model() throws -> ReferenceModel {
        try ReferenceModel(cell: cell, inputLayer: inputLayer, hidden: hidden, layers: layers, outputs: outputs, seed: seed, scale: 0.7)
    }

    /// The batch; of targets at every step, the first sequence's first isn't asked when it has others.
    func batch() -> (input: ReferenceModel.Input, target: ReferenceModel.Target, states: ReferenceModel.States?) {
        var numbers = SeededNumbers(seed: seed &+ 1000)
        let input: ReferenceModel.Input
        switch inputLayer {
        case .vectors(let width):
            input = .vectors(lengths.map { length in (0..<length).map { _ in numbers.uniform(count: width, within: 2) } })
        case .oneHot(let vocabulary), .embedding(let vocabulary, _):
            input = .tokens(lengths.map { numbers.integers(count: $0, below: vocabulary) })
        }
        let target: ReferenceModel.Target
        switch head {
        case .tokenEveryStep:
            var tokens = lengths.map { numbers.integers(count: $0, below: outputs) }
            if tokens[0].count > 1 { tokens[0][0] = -1 }
            target = .tokenEveryStep(tokens)
        case .classAtEnd: target = .classAtEnd(numbers.integers(count: lengths.count, below: outputs))
        case .vectorAtEnd: target = .vectorAtEnd(lengths.map { _ in numbers.uniform(count: outputs, within: 1.5) })
        }
        guard hasInitialStates else { return (input, target, nil) }
        func states(_ count: Int) -> [[[Double]]] {
            (0..<layers).map { _ in lengths.map { _ in numbers.uniform(count: count, within: 0.9) } }
        }
        return (input, target, ReferenceModel.States(h: states(hidden), c: states(cell.hasCellState ? hidden : 0)))
    }
}

/// The largest difference of two lists, each measured against max(1, |wanted|); infinite if their lengths differ or a number is NaN.
func largestDifference(_ found: [Double], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    return zip(found, wanted).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1) / max(1, abs(pair.1))
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
