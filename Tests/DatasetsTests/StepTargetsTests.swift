import Batches
import Datasets
import Files
import Foundation
import Testing

@Suite("Sets of labels and numbers as targets")
struct StepTargetsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ path: String, _ target: SequenceTargetKind, format: SequenceFormat = .auto, label: String = "", columns: [String] = [], id: String = "", step: String = "",
        targets: [String] = [], needsLabel: Bool = true
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: [path], format: format, target: target, label: label, columns: columns, id: id, step: step, split: try SplitFractions(), targets: targets,
            needsLabel: needsLabel)
    }

    private func read(_ options: SequenceOptions) throws -> LabelledSequences { try LabelledSequences(options, batchSize: 4, seed: 1) }

    private func all(_ sequences: LabelledSequences) -> [Column] {
        columns(of: sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: .training)), in: .training))
    }

    private func meaning(_ sequences: LabelledSequences) throws -> SequenceMeaning { try #require(sequences.meaning as? SequenceMeaning) }

    /// What a run stores reads back.
    private func stored(_ meaning: SequenceMeaning) throws -> SequenceMeaning { try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "classes.json") }

    @Test("a set's labels are on in the input, and those of the next set in the target; lines and JSON lists are the same")
    func next() throws {
        let lines = try read(options(files.write("60,64 - 9\n\n9 60\n", to: "roll.txt"), .next, format: .sets))
        let lists = try read(options(files.write(#"{"k": [[64, 60], [], [9]]}"# + "\n" + #"{"k": [["9"], [60]]}"#, to: "k.jsonl"), .next, label: "k"))
        for one in [lines, lists] {
            let meaning = try meaning(one)
            #expect(meaning.classes == ["9", "60", "64"] && meaning.counts == [1, 1, 0] && meaning.stepCount == 3)
            #expect(try stored(meaning) == meaning)
            #expect(one.input == .vectors(featureCount: 3) && one.featureNames == ["9", "60", "64"])
            #expect(one.task.output == OutputDescription(count: 3, isEveryStep: true, loss: .binaryCrossEntropy))
            #expect(all(one).map(\.vectors) == [[0, 1, 1, 0, 0, 0], [1, 0, 0]] && all(one).map(\.targetNumbers) == [[0, 0, 0, 1, 0, 0], [0, 1, 0]])
            #expect(one.batches(of: .training(epoch: 0)).targetCount(ofBatch: 0) == 3)
        }
        // The last set is an input too, once it needs no target.
        let inputs = try SequenceInputs(
            TableFile(path: files.write("9\n60 64\n", to: "new.txt")), options: options("roll.txt", .next, format: .sets, needsLabel: false), meaning: meaning(lines))
        #expect(inputs.count == 2 && inputs.timeCount(ofRow: 0) == 1 && inputs.timeCount(ofRow: 1) == 2)
    }

    @Test("labels beside other inputs: lists of JSON, or a table's column; the baseline has each label as often as training")
    func multiLabel() throws {
        let lists = try read(options(files.write(#"{"x": [1, 3], "on": [["a"], []]}"# + "\n" + #"{"x": [5], "on": [["b", "a"]]}"#, to: "x.jsonl"), .multiLabel, label: "on", columns: ["x"]))
        let table = try read(options(files.write("v1,v2,on\n1,3,a -\n5,,\"b,a\"\n", to: "x.csv"), .multiLabel, label: "on"))
        for one in [lists, table] { #expect(all(one).map(\.targetNumbers) == [[1, 0, 0, 0], [1, 1]] && all(one).map(\.vectors.count) == [2, 1]) }
        let batch = lists.batch(ofExamples: [0, 1], in: .training)
        let outcomes = lists.task.baseline.outcomes(batch)
        // a is on at 2 of 3 steps, b at one.
        #expect(abs(outcomes[0].loss + log(2.0 / 3) + 2 * log(2.0 / 3) + log(1.0 / 3)) < 1e-12 && outcomes.map(\.rightCount) == [1, 1] && outcomes.map(\.absoluteError) == [1, 1])
    }

    @Test("numbers of sequences, from a table, JSON lines, an archive and arrays, standardised by the training part; errors are given in the files' units")
    func numbers() throws {
        var archive = ZipArchive()
        archive.add("X.npy", NumpyArray([1.0, 3, 5, 7], shape: [2, 2]).bytes)
        archive.add("y.npy", NumpyArray([10.0, 30], shape: [2]).bytes)
        let found = try [
            read(options(files.write("a,b,y\n1,3,10\n5,7,30\n", to: "n.csv"), .numbers, targets: ["y"])),
            read(options(files.write(#"{"x": [1, 3], "y": 10}"# + "\n" + #"{"x": [5, 7], "y": 3e1}"#, to: "n.jsonl"), .numbers, columns: ["x"], targets: ["y"])),
            read(options(files.write("@targetLabel true\n@data\n1,3:10\n5,7:30\n", to: "n.ts"), .numbers)), read(options(files.write(archive.finished(), to: "n.npz"), .numbers)),
        ]
        for one in found {
            let meaning = try meaning(one)
            #expect(all(one).map(\.targetNumbers) == [[-1], [1]] && meaning.targetScale.map(\.mean) == [20], "\(one.description)")
            #expect(try stored(meaning) == meaning)
            #expect(one.task.output == OutputDescription(count: 1, isEveryStep: false, loss: .squaredError))
            let metrics = one.task.metrics.filter { $0.key.hasSuffix("InUnits") }
            #expect(metrics.map(\.key) == ["meanAbsoluteErrorInUnits", "rootMeanSquaredErrorInUnits"])
        }
        #expect(all(found[0]) == all(found[1]) && all(found[0]) == all(found[3]))
    }

    @Test("numbers of time steps follow the order of the steps; each has its own scale")
    func numbersEveryStep() throws {
        let table = try read(
            options(files.write("i,t,x,y,z\nq,2,3,30,1\nr,1,5,50,0\nq,1,1,10,1\n", to: "s.csv"), .numbersEveryStep, id: "i", step: "t", targets: ["y", "z"]))
        let lists = try read(
            options(
                files.write(#"{"x": [1, 3], "y": [10, 30], "z": [1, 1]}"# + "\n" + #"{"x": [5], "y": [50], "z": [0]}"#, to: "s.jsonl"), .numbersEveryStep, columns: ["x"],
                targets: ["y", "z"]))
        let scale = try meaning(table).targetScale
        #expect(scale.map(\.name) == ["y", "z"] && scale.map(\.mean) == [30, 2.0 / 3])
        let wanted = [[10.0, 1, 30, 1], [50, 0]].map { $0.enumerated().compactMap { scale[$0.offset % 2].number($0.element) } }
        for one in [table, lists] {
            #expect(all(one).map(\.targetNumbers) == wanted)
            #expect(one.batches(of: .training(epoch: 0)).targetCount(ofBatch: 0) == 6)
        }
        let outcome = table.task.baseline.outcomes(table.batch(ofExamples: [1], in: .training))[0]
        #expect(abs(outcome.absoluteError - Double(wanted[1].map(abs).reduce(0, +))) < 1e-6)
    }

    @Test("a label beside targets that are numbers is refused, instead of being read as an input")
    func label() throws {
        let path = try files.write("a,u,y\n1,2,3\n4,5,7\n", to: "n.csv")
        let error = try #require(throws: DatasetError.self) { _ = try read(options(path, .numbers, label: "u", targets: ["y"])) }
        #expect("\(error)".hasPrefix("data.label is set"))
    }

    @Test("what can't be is refused, with its line", arguments: [
        (SequenceTargetKind.next, "a.txt", "60 64\n60\n", "a.txt:2:1: the sequence has one time step"), (.next, "b.txt", "- -\n", "no time step has a label"),
        (.next, "c.csv", "a,b\n1,2\n", "data.target is \"next\""), (.numbers, "d.csv", "x,y\n1,\n", "d.csv:2:3: column 'y' has no number here"),
        (.numbers, "e.csv", "x,z\n1,2\n", "data.targets"), (.numbersEveryStep, "f.csv", "x,y\n1,2\n", "data.target is \"numbersEveryStep\""),
        (.numbers, "g.jsonl", #"{"x": [1], "y": "2"}"#, "g.jsonl:1:17: the field 'y' has something else than finite numbers"),
        (.numbersEveryStep, "h.jsonl", #"{"x": [1, 2], "y": [2]}"#, "h.jsonl:1:1: the sequence has 2 time steps, and targets of 1"),
        (.multiLabel, "i.jsonl", #"{"x": [1, 2], "y": ["a"]}"#, "no list of time steps"), (.multiLabel, "j.jsonl", #"{"x": [1], "y": [["a"], []]}"#, "1 time step and 2 sets of labels"),
    ])
    func faults(target: SequenceTargetKind, name: String, text: String, words: String) throws {
        let path = try files.write(text, to: name)
        let isOfNumbers = target == .numbers || target == .numbersEveryStep
        let error = try #require(throws: DatasetError.self) {
            _ = try read(
                options(
                    path, target, format: name.hasSuffix(".txt") ? .sets : .auto, label: isOfNumbers ? "" : name.hasSuffix(".csv") ? "b" : "y",
                    columns: name.hasSuffix(".jsonl") ? ["x"] : [], targets: isOfNumbers ? ["y"] : []))
        }
        #expect("\(error)".contains(words), "\(error)")
    }
}
