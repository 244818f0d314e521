import Inference
import LSTMTraining
import Testing
import Threads

@Suite("a trained model of sets of labels")
struct SetTests {
    private static func example() throws -> TrainedExample {
        try TrainedExample(
            """
            {"data": {"kind": "sequences", "files": "data.txt", "format": "sets", "target": "next", "validationFraction": 0.2}, "model": {"hidden": 19},
             "training": {"batch": 8, "steps": 30}, "optimizer": {"learningRate": 0.02}}
            """, data: (0..<30).map { first in (first..<first + 6).map { ["a", "a,b", "-", "c,a", "b"][$0 % 5] }.joined(separator: " ") + "\n" }.joined())
    }

    @Test("continues sets as the program does, on any number of threads; the same for the same seed")
    func continues() throws {
        let example = try Self.example()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        #expect(model.task == .labelSets)
        #expect(try model.labels() == ["a", "b", "c"])
        let sets = try model.continueSets([["c", "a"], []], length: 9, seed: 3)
        #expect(sets.count == 11 && sets[0] == ["a", "c"] && sets[1].isEmpty)
        #expect(try model.continueSets([["a", "c", "a"], []], length: 9, seed: 3) == sets)
        #expect(try model.continueSets([["a", "c"], []], length: 9, seed: 4) != sets)
        #expect(try TrainedModel(path: example.path, threadCount: 3).continueSets([["a", "c"], []], length: 9, seed: 3) == sets)
        let generator = try SetGenerator(run: TrainedRun(example.path), temperature: 1, seed: 3, team: ThreadTeam(threadCount: 1, spins: false))
        var lines: [String] = []
        generator.generate(from: [[0, 2], []], count: 1, length: 9) { _, sets in
            lines.append(generator.line(sets))
            return true
        }
        #expect(lines == [sets.map { $0.isEmpty ? "-" : $0.joined(separator: ",") }.joined(separator: " ")])
        let many = try model.setContinuations(of: [["a", "c"], []], count: 40, length: 9, seed: 3)
        #expect(many.count == 40 && many[0] == sets && Set(many).count > 20)
        #expect(try model.setContinuations(of: [["a", "c"], []], count: 35, length: 9, seed: 3) == Array(many.prefix(35)))
    }

    /// Of 4,000 first sets each label is on about as often as in training: within four standard deviations. Divided scores come nearer to a half.
    @Test("a first set's labels are on as often as in training, with a temperature nearer to half of the time")
    func first() throws {
        let example = try Self.example()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        func shares(_ temperature: Double) throws -> [Double] {
            let sets = try model.setContinuations(of: [], count: 4000, length: 1, temperature: temperature)
            return ["a", "b", "c"].map { label in Double(sets.count { $0[0].contains(label) }) / 4000 }
        }
        for (share, wanted) in zip(try shares(1), [0.6, 0.4, 0.2]) { #expect(abs(share - wanted) < 0.06) }
        #expect(try shares(100).allSatisfy { abs($0 - 0.5) < 0.05 })
        #expect(try shares(0) == [1, 0, 0])
    }

    @Test("what can't be continued is refused, each as its own error")
    func refused() throws {
        let example = try Self.example()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        #expect(throws: ModelError.unknownLabel(step: 2, label: "d")) { try model.continueSets([["a"], ["b", "d"]], length: 1) }
        #expect(throws: ModelError.length(-1)) { try model.continueSets([], length: -1) }
        #expect(throws: ModelError.length(1 << 32)) { try model.continueSets([], length: 1 << 32) }
        #expect(throws: ModelError.count(0)) { try model.setContinuations(of: [], count: 0, length: 1) }
        #expect(throws: ModelError.temperature(-1)) { try model.continueSets([], length: 1, temperature: -1) }
        #expect(throws: ModelError.writesNoText(kind: "sequences")) { try model.continueText("a", length: 1) }
        let text = try TrainedExample.text()
        defer { text.remove() }
        #expect(throws: ModelError.writesNoSets(kind: "text")) { try TrainedModel(path: text.path).continueSets([], length: 1) }
    }
}
