import Batches
import Datasets
import Kernels
import Layers
import Models
import ProtocolBuffers
import Training

extension ExportedModel {
    /// Version of the operators: that of ONNX 1.12, of 2022, which every current runtime supports.
    static let onnxOpset = 17
    private static let onnxIRVersion = 8

    /// The bytes of `model.onnx`.
    func onnx() throws -> [UInt8] {
        var opset = ProtobufMessage()
        opset.add(1, text: "")
        opset.add(2, integer: Self.onnxOpset)
        var message = ProtobufMessage()
        message.add(1, integer: Self.onnxIRVersion)
        message.add(2, text: "lstm-train")
        message.add(3, text: origin.programVersion)
        message.add(6, text: "\(name): \(summary)")
        message.add(7, message: try onnxGraph())
        message.add(8, message: opset)
        for (key, value) in onnxProperties() {
            var property = ProtobufMessage()
            property.add(1, text: key)
            property.add(2, text: value)
            message.add(14, message: property)
        }
        return message.bytes
    }

    private func onnxGraph() throws -> ProtobufMessage {
        let graph = try ONNXGraph(self)
        var message = ProtobufMessage()
        for node in graph.nodes { message.add(1, message: node.message) }
        message.add(2, text: name)
        for constant in graph.constants { message.add(5, message: constant.message) }
        for value in onnxInputs() { message.add(11, message: value.message) }
        for value in onnxOutputs() { message.add(12, message: value.message) }
        return message
    }

    /// Metadata with everything needed to use the model without the other files.
    private func onnxProperties() -> [(key: String, value: String)] {
        var properties = [
            ("task", task.name), ("precision", origin.precision.rawValue), ("step", "\(origin.step)"), ("weights_sha256", origin.weightsSHA256),
        ]
        if let stored { properties.append((stored.name.replacing(".json", with: ""), stored.text)) }
        return properties
    }

    private func onnxInputs() -> [ONNXValue] {
        let steps: [ONNXValue.Dimension] = [.named("batch"), .named("time")]
        let input: ONNXValue
        switch shape.input {
        case .oneHot(let count), .embedding(let count, _):
            input = ONNXValue(name: "tokens", type: .int64, shape: steps, meaning: "Tokens, each in 0..<\(count).")
        case .vectors(let width):
            input = ONNXValue(name: "inputs", type: .float, shape: steps + [.size(width)], meaning: "Numbers, standardised as the model's were.")
        }
        return [
            input, ONNXValue(name: "lengths", type: .int32, shape: [.named("batch")], meaning: "Time steps of each sequence that count."),
        ] + states.parts.map { state($0, "0", "states to begin with; 0 for a new sequence.") }
    }

    private func onnxOutputs() -> [ONNXValue] {
        let meaning = shape.loss.mixture != nil ? "Parameters of a mixture (README.md)" : shape.loss.isOfNumbers ? "Predictions" : "Scores, before \(shape.loss.functionName)"
        let outputs = ONNXValue(
            name: "outputs", type: .float, shape: [.named("batch")] + (hasOutputEveryStep ? [.named(changesSteps ? "output_time" : "time")] : []) + [.size(shape.outputs)],
            meaning: meaning + (hasOutputEveryStep ? ", at every time step." : ", at each sequence's last step."))
        return [outputs] + states.parts.map { state($0, "n", "states at each sequence's end.") }
    }

    private func state(_ part: ExportedStates.Part, _ suffix: String, _ words: String) -> ONNXValue {
        ONNXValue(
            name: part.name(suffix), type: .float, shape: [.size(part.count), .named("batch"), .size(part.width)], meaning: "\(part.meaning) \(words)")
    }
}
