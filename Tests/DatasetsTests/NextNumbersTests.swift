import Batches
import Datasets
import Foundation
import Testing

@Suite("The next numbers, and drawings")
struct NextNumbersTests {
    private func dataset(_ text: String, ending: String = "txt", _ change: (inout SequenceOptions) -> Void = { _ in }) throws -> LabelledSequences {
        let path = NSTemporaryDirectory() + UUID().uuidString + "." + ending
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = SequenceOptions(files: [path], format: .strokes, target: .nextNumbers, label: "", split: try SplitFractions(validation: 0, test: 0))
        change(&options)
        return try LabelledSequences(options, batchSize: 4, seed: 1)
    }

    @Test("a drawing begins with a lifted pen and ends with a target that is the end alone; offsets have one scale")
    func drawing() throws {
        let data = try dataset("3,-1,0 0,5,1\n\n-2,0,1\n")
        let examples = [0, 1].sorted { data.timeCount(ofExample: $0, in: .training) > data.timeCount(ofExample: $1, in: .training) }
        #expect(examples.map { data.timeCount(ofExample: $0, in: .training) } == [3, 2])
        #expect(examples.map { data.targetCount(ofExample: $0, in: .training) } == [2, 1])
        let numbers = [3.0, -1, 0, 5, -2, 0]
        let mean = numbers.reduce(0, +) / 6
        let deviation = sqrt(numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6)
        func scaled(_ value: Double) -> Float { Float(value / deviation) }
        let batch = data.batch(ofExamples: examples, in: .training)
        guard case .vectors(let inputs, 3) = batch.input, case .vectorEveryStep(let targets, 3)? = batch.target else {
            Issue.record("the form is another one")
            return
        }
        #expect(inputs == [0, 0, 1, 0, 0, 1, scaled(3), scaled(-1), 0, scaled(-2), 0, 1, 0, scaled(5), 1, 0, 0, 0])
        #expect(targets[0..<3] == [scaled(3), scaled(-1), 0] && targets[3..<6] == [scaled(-2), 0, 1] && targets[6..<9] == [0, scaled(5), 1])
        #expect(targets[9].isNaN && targets[11] == 2 && targets[12].isNaN && targets[14] == 2)
        #expect(data.task.output.loss.mixture?.outputCount == 3 + 6 * 20)
    }

    @Test("frames are standardised each by itself, and predicted from the first on")
    func frames() throws {
        let data = try dataset("{\"x\": [[1, 10], [3, 30]]}\n", ending: "jsonl") { options in
            (options.format, options.columns) = (.auto, ["x"])
            options.mixture = MixtureOptions(componentCount: 2, family: .logistic, leastDeviation: 0.1)
        }
        let batch = data.batch(ofExamples: [0], in: .training)
        #expect(batch.input == .vectors([0, 0, -1, -1], featureCount: 2))
        #expect(batch.target == .vectorEveryStep([-1, -1, 1, 1], outputCount: 2))
        #expect(data.task.output.loss.mixture == MixtureDensity(componentCount: 2, numberCount: 2, family: .logistic, leastDeviation: 0.1))
    }

    @Test("what a run stores is read back as it was; spoilt it is refused")
    func stored() throws {
        let data = try dataset("3,-1,0 0,5,1\n-2,0,1\n")
        let meaning = try #require(data.meaning as? SequenceMeaning)
        let text = meaning.stored.text
        #expect(try SequenceMeaning(json: Array(text.utf8), file: "classes.json") == meaning)
        for (old, new) in [
            ("\"components\": 20", "\"components\": 0"), ("\"components\": 20", "\"components\": 1001"), ("\"gaussian\"", "\"cauchy\""),
            ("\"leastDeviation\": 0.02", "\"leastDeviation\": 0.0"), ("\"nextNumbers\"", "\"numbers\""), ("\"pens\"", "\"pans\""),
        ] {
            #expect(text.contains(old), "\(text)")
            #expect(throws: DatasetError.self) { try SequenceMeaning(json: Array(text.replacing(old, with: new).utf8), file: "classes.json") }
        }
    }

    @Test("the comparison without a model is one Gaussian with the training part's mean, covariance and pens")
    func baseline() throws {
        let text = (0..<200).map { which in "\(which % 7 - 2),\(which % 7 + which % 3),\(which % 2) 1,1,1\n" }.joined()
        let data = try dataset(text) { $0.mixture.leastDeviation = 0.0001 }
        let batch = data.batch(ofExamples: Array(0..<200), in: .training)
        let loss = data.task.baseline.outcomes(batch).reduce(0) { $0 + $1.loss } / 400
        // Of the Gaussian with those moments the mean loss is ln 2π + ½·ln det + 1, and of the pens their entropy.
        guard case .vectorEveryStep(let targets, 3)? = batch.target else { return }
        let points = stride(from: 0, to: targets.count, by: 3).filter { !targets[$0].isNaN }.map { (Double(targets[$0]), Double(targets[$0 + 1])) }
        let count = Double(points.count)
        let (x, y) = (points.reduce(0) { $0 + $1.0 } / count, points.reduce(0) { $0 + $1.1 } / count)
        let a = points.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) } / count
        let b = points.reduce(0) { $0 + ($1.1 - y) * ($1.1 - y) } / count
        let c = points.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / count
        let pens = [100.0, 300, 200].reduce(0) { $0 - $1 * log($1 / 600) } / 400
        #expect(abs(loss - (log(2 * .pi) + log(a * b - c * c) / 2 + 1 + pens)) < 1e-3)
    }

    @Test("lines that aren't drawings are refused with line and column", arguments: [
        ("1,2,0 3,4\n", "1:7"), ("1,2,0\n5,x,1\n", "2:1"), ("1,2,0 1,2,3\n", "1:7"), ("1,2,0,1\n", "1:1"), ("inf,2,0\n", "1:1"),
    ])
    func malformed(text: String, place: String) throws {
        do {
            _ = try dataset(text)
            Issue.record("read")
        } catch { #expect("\(error)".contains(":\(place): here must stand a point"), "\(error)") }
    }
}
