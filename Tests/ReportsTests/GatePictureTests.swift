import Charts
import Foundation
import Inference
import Layers
import Models
import Reports
import Testing
import Training
import XMLElements

@Suite("Pictures of gates")
struct GatePictureTests {
    @Test("the requested units are drawn, blanks and newlines are visible, and all units are sorted by memory")
    func units() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trace = try TrainedRun(run.path).trace(ofText: "the cat\n", layer: 1, team: TestRun.team)
        let picture = try GatePicture(trace, title: "<t>", layer: 1, units: [8, 0])
        #expect(picture.units == [8, 0])
        #expect(picture.memories.map(\.unit).sorted() == Array(0..<9))
        #expect(zip(picture.memories, picture.memories.dropFirst()).allSatisfy { $0.meanGate >= $1.meanGate })
        for memory in picture.memories {
            let gates = trace.layer.values(ofUnit: memory.unit, in: trace.layer.gates[1]).map(Double.init)
            #expect(abs(memory.meanGate - gates.reduce(0, +) / 8) < 1e-12 && abs(memory.stepCount - 1 / (1 - memory.meanGate)) < 1e-6)
        }
        let texts = try XMLElements(picture.picture.file).texts("text")
        #expect(texts.contains("unit 8") && texts.contains("unit 0") && !texts.contains("unit 1"))
        #expect(texts.filter { $0 == "␣" }.count == 2 && texts.filter { $0 == "↵" }.count == 2)
        _ = try XMLElements(String(picture.html.dropFirst("<!DOCTYPE html>\n".count)))
    }

    @Test("a GRU's units show their hidden state with update and reset gate; memory follows from the update gate")
    func gru() throws {
        let run = try TestRun(TestRun.text.replacing("\"hidden\": 9", with: "\"cell\": \"gru\", \"hidden\": 9"), files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trace = try TrainedRun(run.path).trace(ofText: "the cat", layer: 1, team: TestRun.team)
        let picture = try GatePicture(trace, title: "t", layer: 1, units: [3])
        #expect(picture.memoryGate == "update" && trace.layer.cells.isEmpty)
        let file = picture.picture.file
        #expect(file.contains("Hidden states and gates of 1 unit of layer 2") && file.contains("its update and reset gate"))
        #expect(!file.contains("forget") && picture.html.contains("mean update gate"))
        let update = trace.layer.values(ofUnit: 3, in: trace.layer.gates[1]).map(Double.init)
        #expect(abs((picture.memories.first { $0.unit == 3 }?.meanGate ?? 0) - update.reduce(0, +) / 7) < 1e-12)
    }

    @Test("an RNN's units show their hidden state alone, without a memory")
    func rnn() throws {
        let run = try TestRun(TestRun.text.replacing("\"hidden\": 9", with: "\"cell\": \"rnn\", \"hidden\": 9"), files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trace = try TrainedRun(run.path).trace(ofText: "the cat", layer: 1, team: TestRun.team)
        let picture = try GatePicture(trace, title: "t", layer: 1, units: [3])
        #expect(picture.memoryGate == nil && picture.memories.isEmpty && picture.units == [3])
        let file = picture.picture.file
        #expect(file.contains("Hidden states of 1 unit of layer 2 over 7 time steps.") && !file.contains("gate") && !picture.html.contains("remembers"))
        #expect(try XMLElements(file).texts("text").contains("unit 3"))
    }

    @Test("a bidirectional layer's picture says that it is of the forward direction, and others say nothing of it", arguments: [true, false])
    func direction(isBidirectional: Bool) throws {
        let model = "\"hidden\": 9, \"bidirectional\": \(isBidirectional)"
        let configuration = TestRun.text.replacing("\"kind\": \"text\"", with: "\"kind\": \"textWindows\"").replacing("\"hidden\": 9", with: model)
        let run = try TestRun(configuration, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trace = try TrainedRun(run.path).trace(ofText: "the cat", layer: 1, team: TestRun.team)
        let picture = try GatePicture(trace, title: "t", layer: 1, units: [3])
        let words = isBidirectional ? " (forward direction)" : ""
        #expect(picture.picture.summary.contains("of 1 unit of layer 2\(words) over 7 time steps"), "\(picture.picture.summary)")
        #expect(try XMLElements(picture.picture.file).texts("text").contains { $0.hasPrefix("layer 2\(words); a curve is a unit") })
    }

    @Test("an sLSTM's picture says what its curve and its gates are")
    func normalizer() throws {
        let run = try TestRun(TestRun.text.replacing("\"hidden\": 9", with: "\"cell\": \"slstm\", \"hidden\": 9"), files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trace = try TrainedRun(run.path).trace(ofText: "the cat", layer: 0, team: TestRun.team)
        let picture = try GatePicture(trace, title: "t", layer: 0, units: [3])
        let caption = "layer 1; a curve is a unit's cell over its normalizer; below it its forget, input and output gate "
            + "(forget and input: the shares of old and new in it), the stronger the more open"
        #expect(try XMLElements(picture.picture.file).texts("text").joined(separator: " ").contains(caption))
        #expect(picture.memories.allSatisfy { $0.meanGate > 0 && $0.meanGate < 1 })
    }

    @Test("one step is singular", arguments: [(0.0, "about 1 step"), (0.038, "about 1 step"), (0.5, "about 2 steps"), (0.29, "about 1.4 steps")])
    func steps(meanGate: Double, words: String) {
        #expect(GatePicture.Memory(unit: 0, meanGate: meanGate).words(digits: 2) == words)
    }

    @Test("by default the most active units are drawn, at most eight; invalid units and lengths are rejected")
    func defaults() throws {
        let run = try TestRun(TestRun.text, files: ["text.txt": TestRun.prose])
        defer { run.remove() }
        let trained = try TrainedRun(run.path)
        let trace = try trained.trace(ofText: "a dog ran", layer: 0, team: TestRun.team)
        let picture = try GatePicture(trace, title: "t", layer: 0, units: nil)
        let idle = Set(0..<9).subtracting(picture.units)
        func range(_ unit: Int) -> Float {
            let values = trace.layer.values(ofUnit: unit, in: trace.layer.hiddens)
            let mean = values.reduce(0, +) / Float(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        #expect(picture.units.count == 8 && idle.count == 1)
        #expect(picture.units.allSatisfy { range($0) >= range(idle.first ?? 0) })
        #expect(throws: ReportError.noUnit(unit: 9, unitCount: 9)) { try GatePicture(trace, title: "t", layer: 0, units: [9]) }
        let long = try trained.trace(ofText: String(repeating: "a", count: 1001), layer: 0, team: TestRun.team)
        #expect(throws: ReportError.tooLong(stepCount: 1001, limit: 1000)) { try GatePicture(long, title: "t", layer: 0, units: nil) }
        #expect(throws: ReportError.extensionUnknown(path: "a.png", wanted: [".svg", ".html"])) { try picture.write(to: "a.png") }
    }
}
