import Inference
import LSTMTraining
import Testing
import Threads

@Suite("a trained model of drawings")
struct FrameTests {
    private static func example() throws -> TrainedExample {
        try TrainedExample(
            """
            {"data": {"kind": "sequences", "files": "data.txt", "format": "strokes", "target": "next", "validationFraction": 0.2}, "model": {"hidden": 19, "mixture": 3},
             "training": {"batch": 8, "steps": 30}, "optimizer": {"learningRate": 0.02}}
            """, data: (0..<30).map { which in (0..<6).map { "\((which + $0 * 7) % 20 - 9),\(which * $0 % 13),\($0 % 2)" }.joined(separator: " ") + "\n" }.joined())
    }

    @Test("draws as the program does, on any number of threads; the same for the same seed")
    func draws() throws {
        let example = try Self.example()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        #expect(model.task == .frames)
        #expect(try model.frameNames() == ["dx", "dy", "pen"])
        let begin: [[Double]] = [[3, 4, 0], [-2, 1, 1]]
        let points = try model.continueFrames(begin, length: 9, seed: 3)
        #expect(points.count <= 11)
        #expect(Array(points.prefix(2)) == begin)
        #expect(points.allSatisfy { (point: [Double]) -> Bool in point.count == 3 && [0.0, 1.0].contains(point[2]) })
        #expect(try model.continueFrames(begin, length: 9, seed: 3) == points)
        #expect(try model.continueFrames(begin, length: 9, seed: 4) != points)
        #expect(try TrainedModel(path: example.path, threadCount: 3).continueFrames(begin, length: 9, seed: 3) == points)
        let generator = try FrameGenerator(run: TrainedRun(example.path), temperature: 1, seed: 3, team: ThreadTeam(threadCount: 1, spins: false))
        var drawn: [[[Double]]] = []
        generator.generate(from: begin, count: 1, length: 9) { _, points in
            drawn.append(points)
            return true
        }
        #expect(drawn == [points])
        let many = try model.frameContinuations(of: begin, count: 40, length: 9, seed: 3)
        #expect(many.count == 40 && many[0] == points && Set(many).count > 20)
        #expect(try model.frameContinuations(of: begin, count: 35, length: 9, seed: 3) == Array(many.prefix(35)))
    }

    @Test("what can't be continued is refused, each as its own error")
    func refused() throws {
        let example = try Self.example()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        #expect(throws: ModelError.rowWidth(row: 2, found: 2, columns: ["dx", "dy", "pen"])) { try model.continueFrames([[1, 2, 0], [1, 2]], length: 1) }
        #expect(throws: ModelError.value(row: 1, column: "dy")) { try model.continueFrames([[1, .nan, 0]], length: 1) }
        #expect(throws: ModelError.length(-1)) { try model.continueFrames(length: -1) }
        #expect(throws: ModelError.temperature(-1)) { try model.continueFrames(length: 1, temperature: -1) }
        #expect(throws: ModelError.count(0)) { try model.frameContinuations(count: 0, length: 1) }
        #expect(throws: ModelError.writesNoSets(kind: "sequences")) { try model.labels() }
    }
}
