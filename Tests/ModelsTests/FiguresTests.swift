import Batches
import Kernels
import Layers
import Models
import ReferenceModel
import Testing

@Suite("The network against PyTorch and Keras")
struct FiguresTests {
    /// Relative to the largest element of each tensor; a Float network beside figures in Double. The largest seen is 1e-6.
    static let bound = 1e-5

    private func shape(of figure: Figures) throws -> ModelDescription {
        let model = try figure.model()
        let input: ModelDescription.Input =
            switch model.inputLayer {
            case .oneHot(let vocabulary): .oneHot(vocabularyCount: vocabulary)
            case .embedding(let vocabulary, let width): .embedding(vocabularyCount: vocabulary, width: width)
            case .vectors(let width): .vectors(width: width)
            }
        var head = ModelDescription.Head.lastStep
        var loss = Loss.crossEntropy
        switch try figure.target() {
        case .tokenEveryStep: head = .everyStep
        case .classAtEnd: break
        case .vectorAtEnd: loss = .squaredError
        }
        return ModelDescription(
            input: input, layers: Array(repeating: .recurrent(model.cell.layer(hidden: model.hidden)), count: model.layers), outputs: model.outputs, head: head,
            loss: loss, initialization: .pyTorch)
    }

    @Test(
        "Loss, outputs, every gradient and final states are the stored figure's",
        arguments: [
            "keras-class-at-end", "torch-class-at-end", "torch-embedding-every-step", "torch-gru-class-at-end", "torch-gru-embedding-every-step",
            "torch-gru-one-hot-every-step", "torch-one-hot-every-step", "torch-regression-at-end", "torch-smoothed-every-step", "torch-rnn-class-at-end",
            "torch-rnn-embedding-every-step", "torch-rnn-one-hot-every-step", "torch-rnn-relu-class-at-end", "torch-gru-before-class-at-end",
            "torch-gru-before-embedding-every-step", "torch-lstm-peephole-class-at-end", "torch-lstm-coupled-peephole-embedding", "torch-lstm-hard-class-at-end",
        ])
    func matches(name: String) throws {
        let figure = try Figures.load(name)
        let shape = try shape(of: figure)
        let sequences = try Sequences(input: figure.input(), target: figure.target(), states: figure.initialStates())
        #expect(Set(figure.gradients.keys) == Set(ParameterLayout(shape).parameters.map(\.name)))
        for gates in GateMode.allCases {
            let setting = Setting(threads: 2, gates: gates, labelSmoothing: figure.labelSmoothing ?? 0)
            let network = setting.network(shape)
            let parameters = try figure.model().flatParameters(network.layout)
            let pass = try network.pass(
                sequences.batch(), parameters: parameters.view, divisor: sequences.targetCount,
                shards: setting.shards(sequenceCount: sequences.lengths.count), state: sequences.state(shape: shape))
            let largest = try #require(
                differences(
                    pass, shape, lengths: sequences.lengths, loss: figure.loss, divisor: sequences.targetCount, outputs: figure.outputs,
                    gradients: figure.gradients, finalStates: figure.finalStates
                ).max())
            #expect(largest.size < Self.bound, "\(largest.name), \(gates)")
            print("\(name), \(gates): the largest difference is \(largest.size), of \(largest.name)")
        }
    }
}
