import Batches
import Kernels
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

    @Test("a temporal block with weight normalisation has torch's names, and its lengths count as of one dimension")
    func weightNorm() {
        var block = TemporalBlockDescription(channels: 3, width: 2)
        block.hasWeightNorm = true
        let shape = ModelDescription(
            input: .vectors(width: 4), layers: [.temporalBlock(block)], outputs: 3, head: .lastStep, loss: .squaredError, initialization: .pyTorch)
        let plan = ModelPlan(shape)
        #expect(
            plan.parameters.parameters.map { "\($0.name) \($0.shape)" } == [
                "layers.0.conv1.weight_g [3, 1, 1]", "layers.0.conv1.weight_v [3, 4, 2]", "layers.0.conv1.bias [3]", "layers.0.conv2.weight_g [3, 1, 1]",
                "layers.0.conv2.weight_v [3, 3, 2]", "layers.0.conv2.bias [3]", "layers.0.downsample.weight [3, 4, 1]", "layers.0.downsample.bias [3]",
                "head.weight [3, 3]", "head.bias [3]",
            ])
        #expect(plan.parameters.parameters.filter(\.isVector).map(\.name).filter { !$0.hasSuffix("bias") } == ["layers.0.conv1.weight_g", "layers.0.conv2.weight_g"])
        #expect(plan.copiedParameterCount == 3 * 4 * 2 + 3 * 3 * 2)
        #expect(plan.layers[0].name == "temporal block, width 2, weight normalisation")
    }

    @Test("layers over time have torch's names and shapes, and count the steps and multiply-adds that they compute")
    func overTime() {
        let shape = ModelDescription(
            input: .vectors(width: 4),
            layers: [
                .convolution(ConvolutionDescription(channels: 6, width: 5, stride: 2, groups: 2)), .temporalBlock(TemporalBlockDescription(channels: 3, width: 2)),
                .recurrent(RecurrentDescription(cell: .gru, hidden: 4)), .pool(PoolDescription(method: .attention, units: 2)),
            ], outputs: 3, head: .lastStep, loss: .squaredError, initialization: .pyTorch)
        let plan = ModelPlan(shape)
        #expect(
            plan.parameters.parameters.map { "\($0.name) \($0.shape)" } == [
                "layers.0.weight [6, 2, 5]", "layers.0.bias [6]", "layers.1.conv1.weight [3, 6, 2]", "layers.1.conv1.bias [3]", "layers.1.conv2.weight [3, 3, 2]",
                "layers.1.conv2.bias [3]", "layers.1.downsample.weight [3, 6, 1]", "layers.1.downsample.bias [3]", "rnn.weight_ih_l0 [12, 3]",
                "rnn.weight_hh_l0 [12, 4]", "rnn.bias_ih_l0 [12]", "rnn.bias_hh_l0 [12]", "layers.3.weight [2, 4]", "layers.3.bias [2]", "layers.3.query [1, 2]",
                "head.weight [3, 4]", "head.bias [3]",
            ])
        #expect(plan.stepCounts(timeCount: 9) == [9, 5, 5, 5, 1])
        #expect(plan.multiplyAdds(timeCount: 9) == 5 * 6 * 2 * 5 + 5 * (3 * 6 * 2 + 3 * 3 * 2 + 3 * 6) + 5 * 12 * (3 + 4) + 5 * (2 * 4 + 2 + 4) + 3 * 4)
        // Half as many steps of everything above the stride.
        let above = ModelDescription(
            input: .vectors(width: 6), layers: Array(shape.layers.dropFirst()), outputs: 3, head: .lastStep, loss: .squaredError, initialization: .pyTorch)
        let below = ModelDescription(
            input: .vectors(width: 4), layers: [shape.layers[0]], outputs: 3, head: .lastStep, loss: .squaredError, initialization: .pyTorch)
        #expect(plan.keptFloats(.float32) == ModelPlan(below).keptFloats(.float32) + ModelPlan(above).keptFloats(.float32) / 2)
    }
}
