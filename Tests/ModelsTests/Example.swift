import Batches
import Layers
import Models
import ReferenceModel
import Testing

/// A network's sizes, and a batch for it made from a seed.
struct Example: Sendable, CustomStringConvertible {
    enum Head: String, Sendable, CaseIterable { case tokenEveryStep, classAtEnd, vectorAtEnd, vectorOfOneAtEnd }

    var cell = ReferenceModel.Cell.lstm
    var inputLayer: ReferenceModel.InputLayer
    var hidden: Int
    var layers = 1
    /// Layers of other kinds below those.
    var below: [RecurrentDescription] = []
    var outputs = 5
    var lengths: [Int]
    var head = Head.tokenEveryStep
    /// Of numbers.
    var numberLoss = Loss.squaredError
    var hasInitialStates = false
    var initialization = ModelDescription.Initialization.pyTorch
    var seed: UInt64 = 1

    var description: String {
        "\(cell), \(inputLayer), hidden \(hidden), layers \(layers) above \(below.map { "\($0.name) \($0.hidden)" }), outputs \(outputs), lengths \(lengths), "
            + "\(head.rawValue), \(numberLoss), "
            + "\(hasInitialStates ? "given" : "zero") states, seed \(seed)"
    }

    var shape: ModelDescription {
        let input: ModelDescription.Input =
            switch inputLayer {
            case .oneHot(let vocabulary): .oneHot(vocabularyCount: vocabulary)
            case .embedding(let vocabulary, let width): .embedding(vocabularyCount: vocabulary, width: width)
            case .vectors(let width): .vectors(width: width)
            }
        let isRegression = head == .vectorAtEnd || head == .vectorOfOneAtEnd
        return ModelDescription(
            input: input, layers: stack.map(LayerDescription.recurrent), outputs: outputCount, head: head == .tokenEveryStep ? .everyStep : .lastStep,
            loss: isRegression ? numberLoss : .crossEntropy, initialization: initialization)
    }

    private var stack: [RecurrentDescription] { below + Array(repeating: cell.layer(hidden: hidden), count: layers) }

    /// The same with each kind of cell.
    var ofEachCell: [Example] {
        ReferenceModel.Cell.allCases.map { cell in
            var example = self
            example.cell = cell
            return example
        }
    }

    /// The orders in which this example's gradient can be summed.
    var embeddingGradients: [EmbeddingGradient] {
        if case .embedding = inputLayer { return [.byRow, .byToken] }
        return [.byRow]
    }

    private var outputCount: Int { head == .vectorOfOneAtEnd ? 1 : outputs }

    /// The reference with parameters uniform in ±1/√hidden.
    func model() throws -> ReferenceModel {
        let kinds = try stack.map { (cell: try #require($0.reference), hidden: $0.hidden) }
        var model = try ReferenceModel(stack: kinds, inputLayer: inputLayer, outputs: outputCount, seed: seed)
        var numbers = SeededNumbers(seed: seed)
        for (name, shape) in model.parameterShapes {
            model.parameters[name] = numbers.reals(count: shape.reduce(1, *), within: 1 / Double(hidden).squareRoot())
        }
        return model
    }

    /// All sequences; of targets at every step, every seventh isn't asked.
    func sequences() -> Sequences {
        var numbers = SeededNumbers(seed: seed &+ 1000)
        let input: ReferenceModel.Input
        switch inputLayer {
        case .vectors(let width):
            input = .vectors(lengths.map { length in (0..<length).map { _ in numbers.reals(count: width, within: 2) } })
        case .oneHot(let vocabulary), .embedding(let vocabulary, _):
            input = .tokens(lengths.map { numbers.wholeNumbers(count: $0, below: vocabulary) })
        }
        let target: ReferenceModel.Target
        switch head {
        case .tokenEveryStep:
            target = .tokenEveryStep(
                lengths.map { length in
                    numbers.wholeNumbers(count: length, below: outputCount).enumerated().map { $0.offset % 7 == 6 ? -1 : $0.element }
                })
        case .classAtEnd: target = .classAtEnd(numbers.wholeNumbers(count: lengths.count, below: outputCount))
        case .vectorAtEnd, .vectorOfOneAtEnd:
            let values = lengths.map { _ in numbers.reals(count: outputCount, within: 1.5) }
            target = .vectorAtEnd(values.map(likelihoodTargets))
        }
        return Sequences(input: input, target: target, states: hasInitialStates ? states(&numbers) : nil)
    }

    /// With a distribution: a number, or a count, and its scale in turn.
    private func likelihoodTargets(_ values: [Double]) -> [Double] {
        guard let family = numberLoss.distribution else { return values }
        return values.enumerated().map { place, value in
            if place % family.parameterCount % 2 == 1 { return family.isOfCounts ? (10 * abs(value)).rounded() + 1 : 1 }
            return family.isOfCounts ? (20 * abs(value)).rounded() : value
        }
    }

    private func states(_ numbers: inout SeededNumbers) -> ReferenceModel.States {
        func part(_ count: (RecurrentDescription) -> Int) -> [[[Double]]] {
            stack.map { layer in lengths.map { _ in numbers.reals(count: count(layer), within: 0.9) } }
        }
        return ReferenceModel.States(h: part(\.hidden), c: part { $0.statePartCount > 1 ? $0.hidden : 0 })
    }
}
