import Foundation
import Kernels
import Layers
import Models
import PythonEnvironment
import ReferenceModel
import Testing

@Suite("Class weights")
struct ClassWeightTests {
    private static let examples = bitExamples.filter { $0.cell == .lstm && ($0.head == .tokenEveryStep || $0.head == .classAtEnd) }

    /// Weights of the outputs, in no order.
    private static func weights(_ example: Example) -> [Float] { (0..<example.shape.outputs).map { 0.25 + Float($0 * 7 % 5) } }

    @Test("Threads, gates and segments leave no trace", arguments: examples, Precision.all)
    func sameBits(example: Example, precision: Precision) throws {
        let weights = Self.weights(example)
        let wanted = try example.pass(Setting(precision: precision, shardCount: 3, classWeights: weights))
        let plain = try example.pass(Setting(precision: precision, shardCount: 3))
        #expect(Bits(wanted.gradient) != Bits(plain.gradient) && wanted.losses.sums != plain.losses.sums)
        #expect(wanted.losses.rightCounts == plain.losses.rightCounts)
        for (threads, gates, segmentLength) in [(2, GateMode.split, 0), (3, .fused, 0), (1, .fused, 1), (2, .fused, 3)] {
            let found = try example.pass(
                Setting(threads: threads, precision: precision, gates: gates, shardCount: 3, segmentLength: segmentLength, classWeights: weights))
            #expect(found.losses == wanted.losses && Bits(found.gradient) == Bits(wanted.gradient), "\(threads), \(gates), \(segmentLength)")
        }
        let ones = try example.pass(Setting(precision: precision, shardCount: 3, classWeights: weights.map { _ in 1 }))
        #expect(ones.losses == plain.losses && Bits(ones.gradient) == Bits(plain.gradient))
    }

    @Test("Loss and gradient are the sums of those of the sequences, each times its class's weight", arguments: examples.filter { $0.head == .classAtEnd })
    func sums(example: Example) throws {
        let (sequences, weights) = (example.sequences(), Self.weights(example))
        guard case .classAtEnd(let classes) = sequences.target else { return }
        let found = try example.pass(Setting(classWeights: weights))
        var gradient = [Double](repeating: 0, count: found.gradient.count)
        for (place, target) in classes.enumerated() {
            let network = Setting().network(example.shape)
            let parameters = try example.model().flatParameters(network.layout)
            let alone = network.pass(
                sequences.batch(places: place..<place + 1), parameters: parameters.view, divisor: sequences.targetCount, shards: [0..<1],
                state: sequences.state(places: place..<place + 1, shape: example.shape))
            #expect(found.losses.sums[place] == Double(weights[target]) * alone.losses.sums[0])
            for index in gradient.indices { gradient[index] += Double(weights[target]) * Double(alone.gradient[index]) }
        }
        let largest = gradient.map(abs).max() ?? 1
        // A few roundings of float32.
        let isClose = zip(found.gradient, gradient).allSatisfy { found, wanted in abs(Double(found) - wanted) < 1e-5 * largest }
        #expect(isClose)
    }

    @Test(
        "With weights times targets / Σ of the targets' weights, loss and gradient are those of torch's CrossEntropyLoss(weight:)",
        .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)))
    func torch() throws {
        let example = try #require(Self.examples.first { $0.head == .classAtEnd && $0.lengths.count > 2 })
        guard case .classAtEnd(let classes) = example.sequences().target else { return }
        let (weights, scores) = (Self.weights(example), try example.pass(Setting()).outputs)
        let task: [String: Any] = ["scores": scores.map { $0.map(Double.init) }, "targets": classes, "weights": weights.map(Double.init)]
        let file = FileManager.default.temporaryDirectory.appending(path: "class-weights-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try JSONSerialization.data(withJSONObject: task).write(to: file)
        let script = """
            import json, sys, torch
            task = json.load(open(sys.argv[1]))
            scores = torch.tensor(task["scores"], dtype=torch.float64, requires_grad=True)
            loss = torch.nn.CrossEntropyLoss(weight=torch.tensor(task["weights"], dtype=torch.float64))(scores, torch.tensor(task["targets"]))
            loss.backward()
            print(json.dumps([loss.item()] + scores.grad.sum(0).tolist()))
            """
        let result = try Python.run(try #require(Python.withLibraries), ["-c", script, file.path])
        try #require(result.code == 0, "\(result.output)")
        let wanted = try JSONDecoder().decode([Double].self, from: Data(#require(result.output.split(separator: "\n").last).utf8))

        let scale = Float(classes.count) / classes.reduce(0) { $0 + weights[$1] }
        let found = try example.pass(Setting(classWeights: weights.map { $0 * scale }))
        let loss = found.loss / Double(classes.count)
        #expect(abs(loss - wanted[0]) < 1e-6)
        let network = Setting().network(example.shape)
        let bias = try #require(network.layout.parameters.first { $0.name == "head.bias" })
        let gradient = found.gradient[bias.offset..<bias.offset + example.shape.outputs]
        for (found, wanted) in zip(gradient, wanted.dropFirst()) { #expect(abs(Double(found) - wanted) < 1e-6) }
        #expect(gradient.count == wanted.count - 1)
    }
}
