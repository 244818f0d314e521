import Batches
import Datasets
import Files
import Foundation
import Testing

@Suite("A class of each time step")
struct LabelledStepsTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ paths: [String], format: SequenceFormat = .auto, label: String = "tags", columns: [String] = [], text: String = "words", id: String = "", step: String = "",
        needsLabel: Bool = true
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: paths, format: format, target: .classes, label: label, columns: columns, text: text, textReading: TextReading(unit: text.isEmpty ? .character : .word),
            id: id, step: step, split: try SplitFractions(), needsLabel: needsLabel)
    }

    private func read(_ options: SequenceOptions) throws -> LabelledSequences { try LabelledSequences(options, batchSize: 4, seed: 1) }

    /// Each sequence's words and classes.
    private func named(_ sequences: LabelledSequences) throws -> [[String]] {
        let (meaning, vocabulary) = try (#require(sequences.meaning as? SequenceMeaning), #require(sequences.vocabulary))
        return columns(of: sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: .training)), in: .training)).map { column in
            zip(column.tokens, column.targetTokens).map { vocabulary.words[Int($0)] + "/" + meaning.classes[Int($1)] }
        }
    }

    private let wanted = [["the/D", "dog/N", "barks/V"], ["dog/N"]]

    @Test("the same words and tags are read from CoNLL's columns, CoNLL-U, JSON lines and a table")
    func forms() throws {
        let conll = try files.write("-DOCSTART- -X-\n\nthe x D\ndog x N\r\nbarks y V\n\n\ndog x N", to: "a.conll")
        let universal = ["# text = the dog", "1\tthe\tthe\tD\t_\t_\t2\tdet\t_\t_", "1-2\tthedog\t_\t_\t_\t_\t_\t_\t_\t_", "2\tdog\tdog\tN\t_\t_\t3\tnsubj\t_\t_",
            "2.1\tgone\t_\tV\t_\t_\t_\t_\t_\t_", "3\tbarks\tbark\tV\t_\t_\t0\troot\t_\t_", "", "1\tdog\tdog\tN\t_\t_\t0\troot\t_\t_", ""].joined(separator: "\n")
        let lines = #"{"words": ["the", "dog", "barks"], "tags": ["D", "N", "V"]}"# + "\n" + #"{"words": "dog", "tags": "N"}"#
        let found = try [
            read(options([conll], label: "", text: "column1")), read(options([files.write(universal, to: "b.conllu")], label: "", text: "FORM")),
            read(options([files.write(lines, to: "c.jsonl")])), read(options([files.write("words,tags\nthe dog barks,D N V\ndog,N\n", to: "d.csv")])),
            read(options([files.write("the\tD\ndog\tN\nbarks\tV\n\ndog\tN\n", to: "e.tsv")], format: .conll, label: "column2", text: "column1")),
        ]
        for one in found { #expect(try named(one) == wanted, "\(one.description)") }
        #expect(found[0].task is LabellingTask && found[0].task.output == OutputDescription(count: 3, isEveryStep: true, loss: .crossEntropy))
        let batches = found[0].batches(of: .training(epoch: 0))
        #expect(batches.targetCount(ofBatch: 0) == 4 && found[0].coverage(of: .training).evaluatedCount == 2)
    }

    @Test("rows of time steps carry their own class into the order of the steps; arrays have [sequence, time]")
    func numbers() throws {
        let table = try read(options([files.write("i,t,v,tags\na,2,3,N\nb,1,5,D\na,1,1,D\n", to: "s.csv")], text: "", id: "i", step: "t"))
        var archive = ZipArchive()
        archive.add("X.npy", NumpyArray([1.0, 3, 5, 0], shape: [2, 2]).bytes)
        archive.add("tags.npy", NumpyArray(["D", "N", "D", ""], shape: [2, 2]).bytes)
        archive.add("lengths.npy", NumpyArray([Int64(2), 1], shape: [2]).bytes)
        let arrays = try read(options([files.write(archive.finished(), to: "s.npz")], text: ""))
        for one in [table, arrays] {
            let found = columns(of: one.batch(ofExamples: [0, 1], in: .training))
            #expect(found.map(\.targetTokens) == [[0, 1], [0]] && found.map(\.vectors.count) == [2, 1])
        }
    }

    @Test("each symbol's most frequent class is the baseline, and the most frequent class of all for one that training hasn't got; both are stored")
    func baseline() throws {
        let sequences = try read(options([files.write("a X\na X\na Y\nb Y\n\nb Y\n", to: "a.conll")], label: "", text: "column1"))
        let meaning = try #require(sequences.meaning as? SequenceMeaning)
        // The words are a, b and <unk>: the most frequent first.
        #expect(sequences.vocabulary?.words.count == 3 && meaning.counts == [2, 3])
        #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "classes.json") == meaning)
        func outcomes(_ words: [String], _ classes: [Int32]) throws -> SequenceOutcome {
            let tokens = try words.map { try #require(sequences.vocabulary?.token(of: .word($0))) }
            let batch = Batch(timeCount: tokens.count, lengths: [tokens.count], input: .tokens(tokens), target: .tokenEveryStep(classes), globalIndices: [0])
            return meaning.task().baseline.outcomes(batch)[0]
        }
        let known = try outcomes(["a", "a", "b"], [0, 1, 1])
        // (2 + 1)/(3 + 2) for X, the rest for Y; b has been Y twice.
        #expect(known.rightCount == 2 && abs(known.loss + log(0.6) + log(0.4) + log(0.75)) < 1e-12)
        let unknown = try outcomes([Vocabulary.unknown], [1])
        #expect(unknown.rightCount == 1 && abs(unknown.loss + log(0.6)) < 1e-12)
    }

    @Test("a CRF takes the rules of tags for granted only where the training part follows them; a note says where it doesn't")
    func rules() throws {
        for (text, follows) in [("a B-x\nb I-x\nc O\n", true), ("a I-x\nb I-x\nc O\n\na B-x\n", false), ("a X\nb Y\n", true)] {
            let sequences = try read(options([files.write(text, to: "a.conll")], label: "", text: "column1"))
            let meaning = try #require(sequences.meaning as? SequenceMeaning)
            #expect(meaning.followsRules == follows && (sequences.task.output.labelRules != nil) == (follows && text.contains("I-x")))
            #expect(sequences.notes.contains { $0.contains("BIO") } == !follows)
            #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "classes.json") == meaning)
        }
    }

    @Test("a survey finds words and their tags in JSON lists, classes and numbers of time steps in arrays, and an archive's numbers")
    func surveys() throws {
        let listed = try SequenceFileSurvey(ofFile: files.write(#"{"w": ["a", "b"], "t": ["X", "Y"]}"# + "\n" + #"{"w": ["c"], "t": ["X"]}"#, to: "a.jsonl"))
        let lists = try #require(listed)
        #expect(lists.target == .classes && lists.text == "w" && lists.label == "t" && lists.classes == ["X", "Y"])
        func arrays(_ y: NumpyArray) throws -> SequenceTargetKind? {
            var archive = ZipArchive()
            archive.add("X.npy", NumpyArray([1.0, 3, 5, 7], shape: [2, 2]).bytes)
            archive.add("y.npy", y.bytes)
            return try SequenceFileSurvey(ofFile: files.write(archive.finished(), to: "a.npz"))?.target
        }
        let found = try [
            arrays(NumpyArray([Int64(1), 2], shape: [2])), arrays(NumpyArray([1.0, 2], shape: [2])), arrays(NumpyArray([1.5, 2], shape: [2])),
            arrays(NumpyArray([Int64(1), 2, 1, 1], shape: [2, 2])), arrays(NumpyArray([1.5, 2, 1, 1], shape: [2, 2])),
        ]
        #expect(found == [.class, .class, .numbers, .classes, .numbersEveryStep])
        let archive = try SequenceFileSurvey(ofFile: files.write("@targetLabel true\n@data\n1:2\n3:4\n", to: "a.ts"))
        #expect(archive?.target == .numbers)
        let columns = try SequenceFileSurvey(ofFile: files.write("a\tX\n\nb\tY\n", to: "a.tsv"))
        #expect(columns?.format == .conll && columns?.target == .classes)
        let table = try SequenceFileSurvey(ofFile: files.write("a b,1\n\nc d,2\n", to: "b.csv"))
        #expect(table == nil)
    }

    @Test("what can't be is refused, with its line", arguments: [
        ("a.conll", "a X\nb\n", "a.conll:2:1: the line has 1 column, and the first one 2"),
        ("a.conll", "\n\n", "a.conll:1:1: the file has no sequence"),
        ("a.conll", "a X\n\nb X\n", "all time steps have the class 'X'"),
        ("a.csv", "words,tags\na b,X\na b,X Y\n", "a.csv:2:5: the sequence has 2 words and 1 class; each has one"),
        ("a.jsonl", #"{"words": ["a b"], "tags": ["X"]}"#, "a.jsonl:1:12: an item of the field 'words' is no word"),
        ("a.jsonl", #"{"words": ["a"], "tags": [["X"]]}"#, "no list of classes"),
        ("a.ts", "@data\n1:2\n", "data.target is \"classes\"; it must be another one for a.ts"),
        ("a.conll", "a\u{0}b X\n", "a.conll"),
    ])
    func faults(name: String, text: String, words: String) throws {
        let isColumns = name.hasSuffix("conll")
        let path = try files.write(text, to: name)
        let error = try #require(throws: DatasetError.self) {
            _ = try read(options([path], label: isColumns ? "" : "tags", text: isColumns ? "column1" : name.hasSuffix(".ts") ? "" : "words"))
        }
        #expect("\(error)".contains(words), "\(error)")
    }

    @Test("a file without classes is read where none are needed: words alone, or a class missing")
    func withoutClasses() throws {
        let training = try read(options([files.write("a x X\nb x Y\n", to: "a.conll")], label: "column3", text: "column1"))
        let meaning = try #require(training.meaning as? SequenceMeaning)
        let own = try options(["a.conll"], label: "column3", text: "column1", needsLabel: false)
        let words = try SequenceInputs(TableFile(path: files.write("b\na\n\na\n", to: "n.conll")), options: own, meaning: meaning)
        #expect(words.count == 2 && words.labels == nil && words.line(ofRow: 1) == 4 && words.timeCount(ofRow: 0) == 2)
    }
}
