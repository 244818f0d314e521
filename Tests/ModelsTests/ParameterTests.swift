import Batches
import Layers
import Models
import Testing

@Suite("The layout of parameters")
struct ParameterTests {
    private func shape(_ input: ModelDescription.Input, layers: Int) -> ModelDescription {
        ModelDescription(input: input, hidden: 3, layerCount: layers, outputs: 4, head: .everyStep, loss: .crossEntropy, initialization: .pyTorch)
    }

    @Test("Names, shapes and offsets are PyTorch's modules in order, without gaps")
    func embedding() {
        let layout = ParameterLayout(shape(.embedding(vocabularyCount: 7, width: 2), layers: 2))
        let wanted: [(String, [Int], Int)] = [
            ("embedding.weight", [7, 2], 0),
            ("rnn.weight_ih_l0", [12, 2], 14), ("rnn.weight_hh_l0", [12, 3], 38), ("rnn.bias_ih_l0", [12], 74), ("rnn.bias_hh_l0", [12], 86),
            ("rnn.weight_ih_l1", [12, 3], 98), ("rnn.weight_hh_l1", [12, 3], 134), ("rnn.bias_ih_l1", [12], 170), ("rnn.bias_hh_l1", [12], 182),
            ("head.weight", [4, 3], 194), ("head.bias", [4], 206),
        ]
        #expect(layout.parameters.map(\.name) == wanted.map(\.0))
        #expect(layout.parameters.map(\.shape) == wanted.map(\.1))
        #expect(layout.parameters.map(\.offset) == wanted.map(\.2))
        #expect(layout.count == 210)
        #expect(layout["rnn.bias_hh_l1"].range == 182..<194)
    }

    @Test("One-hot tokens and vectors have no table, and an input weight as wide as they are")
    func otherInputs() {
        for input in [ModelDescription.Input.oneHot(vocabularyCount: 9), .vectors(width: 9)] {
            let layout = ParameterLayout(shape(input, layers: 1))
            #expect(layout.parameters.first?.name == "rnn.weight_ih_l0")
            #expect(layout["rnn.weight_ih_l0"].shape == [12, 9])
            #expect(layout.count == 12 * 9 + 12 * 3 + 24 + 12 + 4)
        }
    }

    @Test("Multiply-adds count every weight once a step, and the head once a step or once a sequence")
    func multiplyAdds() {
        var shape = shape(.oneHot(vocabularyCount: 9), layers: 2)
        #expect(shape.multiplyAdds(timeCount: 5) == 5 * (12 * 12 + 12 * 6 + 12))
        shape.head = .lastStep
        #expect(shape.multiplyAdds(timeCount: 5) == 5 * (12 * 12 + 12 * 6) + 12)
    }
}
