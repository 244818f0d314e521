import Batches
import Datasets
import Files
import Testing

@Suite("Forms of files of labelled sequences")
struct SequenceFormTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func read(
        _ paths: [String], partFiles: PartFiles = PartFiles(), label: String = "class", columns: [String] = [], text: String = "", reading: TextReading = TextReading(),
        wordLimit: Int = 0, features: Int = 1, id: String = "", step: String = "", validation: Double = 0
    ) throws -> LabelledSequences {
        try LabelledSequences(
            SequenceOptions(
                files: paths, partFiles: partFiles, label: label, columns: columns, text: text, textReading: reading, wordLimit: wordLimit, featureCount: features, id: id,
                step: step, split: try SplitFractions(validation: validation)), batchSize: 4, seed: 1)
    }

    private func all(_ sequences: LabelledSequences, _ part: DataPart = .training) -> [Column] {
        columns(of: sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: part)), in: part))
    }

    @Test("the same sequences are the same from a row each, from a row a time step, from an archive's file and from JSON lines")
    func same() throws {
        let rows = try read([files.write("a1,b1,a2,b2,class\n1,10,3,30,up\n5,50,,,down\n", to: "rows.csv")], features: 2)
        // Rows of two sequences between each other, the steps of the first in reverse; a class is said once.
        let long = "which,when,a,b,class\nq,2,3,30,\nr,2024-01-01,5,50,down\nq,1,1,10,up\n"
        let steps = try read([files.write(long, to: "long.csv")], id: "which", step: "when")
        let archive = try read(
            [files.write("#a comment\n@problemName x\n@timeStamps false\n@classLabel true up down\n@data\n1,3:10,30: up\r\n\n# more\n5:50:down\n", to: "x.ts")], label: "")
        let lists = try read(
            [files.write(#"{"a": [1, 3], "b": [10, 30], "class": "up"}"# + "\n\n" + #"{"class": "down", "b": [50], "a": [5.0]}"#, to: "x.jsonl")], columns: ["a", "b"])
        let nested = try read([files.write(#"{"x": [[1, 10], [3, 3e1]], "class": "up"}"# + "\n" + #"{"class": "down", "x": [[5, 50]]}"#, to: "y.ndjson")], columns: ["x"])
        #expect(all(rows).map(\.vectors.count) == [4, 2] && all(rows).map(\.targetTokens) == [[1], [0]])
        for other in [steps, archive, lists, nested] { #expect(all(other) == all(rows), "\(other.description)") }
        #expect(steps.featureNames == ["a", "b"] && archive.featureNames == ["dimension 1", "dimension 2"] && nested.featureNames == ["x 1", "x 2"])
    }

    @Test("files of a part are read after the divided ones, belong to it alone, and leave the others' division as it was")
    func partFiles() throws {
        func table(_ numbers: ClosedRange<Int>) -> String { "n,class\n" + numbers.map { "\($0),\($0 % 2 == 0 ? "even" : "odd")\n" }.joined() }
        let paths = try [files.write(table(0...9), to: "a.csv"), files.write(table(10...19), to: "b.csv")]
        let own = PartFiles(validation: [try files.write(table(20...24), to: "v.csv")], test: [try files.write(table(30...33), to: "t1.csv"), try files.write(table(34...34), to: "t2.csv")])
        func values(_ sequences: LabelledSequences, _ part: DataPart) throws -> [Int] {
            let scale = try #require((sequences.meaning as? SequenceMeaning)?.inputScale.first)
            return all(sequences, part).map { Int(scale.restored(Double($0.vectors[0])).rounded()) }
        }
        let separate = try read(paths, partFiles: own)
        #expect(try values(separate, .training) == Array(0...19) && values(separate, .validation) == Array(20...24) && values(separate, .test) == Array(30...34))
        #expect(separate.coverage(of: .test) == DataCoverage(evaluatedCount: 5, totalCount: 5, unit: .sequence))
        #expect(separate.description == "a.csv, b.csv, v.csv, t1.csv, t2.csv: 30 sequences of 1 step, 2 classes")
        // The training part alone decides the scale; a share of the divided files goes with files of the other part.
        let mean = try #require((separate.meaning as? SequenceMeaning)?.inputScale.first?.mean)
        #expect(abs(mean - 9.5) < 1e-12)
        let mixed = try read(paths, partFiles: PartFiles(test: own.test), validation: 0.2)
        #expect(try values(mixed, .test) == Array(30...34) && values(mixed, .validation) == values(read(paths, validation: 0.2), .validation))
        #expect(try Set([separate, mixed, read(paths), read(paths, partFiles: PartFiles(validation: own.test))].map(\.fingerprint)).count == 4)
    }

    @Test("a text's files of a part follow the divided ones; its symbols have tokens, and no target reaches into another file's part")
    func textPartFiles() throws {
        let options = TextOptions(
            files: [try files.write("abab", to: "a.txt")], partFiles: PartFiles(validation: [try files.write("ccc", to: "v.txt")], test: [try files.write("dbd", to: "t.txt")]),
            split: try SplitFractions())
        let text = try EncodedText(options)
        #expect(text.vocabulary.count == 4 && [DataPart.training, .validation, .test].map(text.range) == [0..<4, 4..<7, 7..<10])
        let streams = try TextStreams(text: text, length: 3, batchSize: 1)
        let batches = streams.batches(of: .evaluation(.test))
        #expect(columns(of: batches.sequences(at: 0..<1, ofBatch: 0)).map(\.targetTokens) == [[1, 3]])
        var shared = options
        (shared.files, shared.partFiles) = (options.files + ["v.txt", "t.txt"].map(files.path), PartFiles())
        #expect(try TextStreams(text: EncodedText(shared), length: 3, batchSize: 1).coverage(of: .training).totalCount == 10 && streams.coverage(of: .test).totalCount == 3)
    }

    @Test("words are counted in the training part; others of validation are read as <unk>, with a note; bytes and lower case work, too")
    func words() throws {
        let training = try files.write("t,class\nThe cat\tsat,x\nthe  mat,y\nthe cat,x\n", to: "train.csv")
        let own = PartFiles(validation: [try files.write("t,class\na CAT barks,y\n", to: "v.csv")])
        let sequences = try read([training], partFiles: own, text: "t", reading: TextReading(unit: .word, lowercase: true))
        #expect(sequences.vocabulary?.words == ["the", "cat", "mat", "sat", "<unk>"])
        #expect(all(sequences).map(\.tokens) == [[0, 1, 3], [0, 2], [0, 1]] && all(sequences, .validation).map(\.tokens) == [[4, 1, 4]])
        #expect(sequences.notes.last == "2 words of 10 read as <unk>: they aren't in the vocabulary")
        let limited = try read([training], partFiles: own, text: "t", reading: TextReading(unit: .word, lowercase: true), wordLimit: 3)
        #expect(Set(limited.vocabulary?.words ?? []) == ["the", "cat", "<unk>"])
        #expect(try read([training], text: "t", reading: TextReading(unit: .byte)).vocabulary?.values.contains(0x09) == true)
    }

    @Test("a fault is named with the file's line and column", arguments: [
        ("x.ts", "@data\n1,2:3,4:a\n1,2:3:a\n", "x.ts:3:5: dimension 2 has 1 value, and the first 2."), ("x.ts", "1,2:a\n", "x.ts:1:1: a sequence stands before the line \"@data\"."),
        ("x.ts", "@timeStamps true\n", "values with time stamps"), ("x.ts", "@classLabel false\n", "the sequences have no classes"), ("x.ts", "@problemName y\n", "before a line \"@data\""),
        ("x.ts", "@data\n1,?:a\n", "x.ts:2:3: a value is missing here."), ("x.ts", "@data\n1,é,b:a\n", "x.ts:2:3: \"é\" is no finite number."), ("x.ts", "@data\n1,2\n", "the line has no class"),
        ("x.ts", "@data\n1:2:a\n1:b\n", "x.ts:3:1: the line has 1 dimension, and the lines before have 2."), ("x.ts", "@data\n", "the file has no sequence"), ("x.ts", "@targetLabel true\n", "Set data.target to \"numbers\""),
        ("x.jsonl", "{\"v\": [1], \"class\": \"a\"}\n{\"v\": [1, \"b\"], \"class\": 2}\n", "x.jsonl:2:11: the field 'v' has something else than finite numbers"),
        ("x.jsonl", "{\"v\": [1], \"class\": 1.5}\n", "x.jsonl:1:21: the field 'class' is no class"), ("x.jsonl", "{\"v\": []}\n", "has no column 'class'"),
        ("x.jsonl", "[1]\n", "each line has to be a JSON object"), ("x.jsonl", "{\"v\": [1], \"class\": \"a\",}\n", "x.jsonl:1:24: "), ("x.jsonl", "{\"v\": [], \"class\": \"a\"}\n", "no list of numbers, or an empty one"),
        ("x.jsonl", "{\"v\": [[1, 2], [3]], \"class\": \"a\"}\n", "x.jsonl:1:16: a time step of 'v' isn't a list of 2 numbers"),
        ("x.jsonl", "{\"v\": [[1, 2]], \"class\": \"a\"}\n{\"v\": [[1, 2, 3]], \"class\": \"a\"}\n", "a time step has 3 numbers here, but 2 in the lines before"),
        ("l.csv", "i,class,v\n1,a,2\n,a,3\n", "l.csv:3:1: column 'i' (data.id) is empty here."), ("l.csv", "i,class,v\n1,a,2\n1,b,3\n", "l.csv:3:3: sequence '1' has the class 'b' here and 'a' before."),
        ("l.csv", "i,class,v\n1,,2\n", "sequence '1', which begins here, has no class in column 'class'"), ("l.csv", "i,class,v\n1,a,\n", "column 'v' has no number here"),
        ("l.csv", "i,class\n1,a\n", "with numbers"), ("l.csv", "n,class,v\n1,a,1\n", "has no column 'i'"),
    ])
    func faults(name: String, text: String, wanted: String) throws {
        let path = try files.write(text, to: name)
        let error = #expect(throws: DatasetError.self) {
            try read([path], label: name == "x.ts" ? "" : "class", columns: name == "x.jsonl" ? ["v"] : [], id: name == "l.csv" ? "i" : "")
        }
        #expect(error?.description.contains(wanted) == true, "\(error?.description ?? "")")
    }

    @Test("what a small file could only claim takes no memory: many times in one dimension and many dimensions, shapes without elements")
    func bombs() throws {
        let long = try files.write("@data\n" + String(repeating: "1,", count: 1 << 20) + "1" + String(repeating: ":", count: 1 << 20) + "a\n", to: "x.ts")
        #expect(throws: DatasetError.self) { try read([long], label: "") }
        for shape in [[1 << 60, 0], [1 << 60, 0, 1]] {
            let path = try archive([("X", NumpyArray([Double](), shape: shape))])
            let options = SequenceOptions(files: [path], label: "", split: try SplitFractions())
            let meaning = try #require(read([try files.write("n,class\n1,a\n2,b\n", to: "t.csv")]).meaning as? SequenceMeaning)
            #expect(throws: DatasetError.self) { try SequenceInputs(TableFile(path: path), options: options, meaning: meaning) }
        }
    }

    @Test("keys that don't go with a form are refused by name; two steps of one sequence at the same time, too; a file must have as many columns as those before")
    func keys() throws {
        func refusal(_ read: () throws -> LabelledSequences) -> String { #expect(throws: DatasetError.self) { try read() }?.description ?? "" }
        let archive = try files.write("@data\n1:a\n2:b\n", to: "x.ts")
        #expect(refusal { try read([archive], label: "", features: 2) }.contains("data.features is 2"))
        #expect(refusal { try read([archive], label: "", text: "t") }.contains("data.text"))
        #expect(refusal { try read([try files.write("{}", to: "x.jsonl")]) }.contains("data.columns"))
        let rows = try files.write("n,class\n1,a\n2,b\n", to: "r.csv")
        #expect(refusal { try read([rows], label: "") }.contains("data.label"))
        #expect(refusal { try read([rows, try files.write("@data\n1:2:a\n", to: "y.ts")]) }.contains("y.ts:1:1: a time step has 2 numbers here, but 1 in the files before"))
        let twice = try files.write("i,t,v,class\n1,2,3,a\n1,2,4,a\n", to: "l.csv")
        #expect(refusal { try read([twice], id: "i", step: "t") }.contains("two rows with the step 2"))
    }

    // MARK: Arrays

    /// Writes an .npz file.
    private func archive(_ arrays: [(String, NumpyArray)], to name: String = "x.npz") throws -> String {
        var archive = ZipArchive()
        for (name, array) in arrays { archive.add(name + ".npy", array.bytes) }
        return try files.write(archive.finished(), to: name)
    }

    private func numbers(_ values: [Double], _ shape: Int...) -> NumpyArray { NumpyArray(values, shape: shape) }

    @Test("arrays are the same sequences as a table's rows: X with lengths and y, or under the names that keys give; texts, too; padding isn't read")
    func arrays() throws {
        let rows = try read([files.write("a1,b1,a2,b2,class\n1,10,3,30,up\n5,50,,,down\n", to: "rows.csv")], features: 2)
        let x = numbers([1, 10, 3, 30, 5, 50, .nan, .infinity], 2, 2, 2)
        let lengths = NumpyArray([Int64](arrayLiteral: 2, 1), shape: [2])
        let y = NumpyArray(["up", "down"])
        let usual = try read([archive([("X", x), ("y", y), ("lengths", lengths)])], label: "")
        let named = try read([archive([("in", x), ("out", y), ("lengths", lengths)], to: "y.npz")], label: "out", columns: ["in"])
        #expect(all(usual) == all(rows) && all(named) == all(rows) && usual.featureNames == ["X 1", "X 2"])
        let single = try read([archive([("X", numbers([1, 2, 3, 4], 2, 2)), ("y", NumpyArray([Int64](arrayLiteral: 10, 9), shape: [2]))])], label: "")
        #expect(single.input == .vectors(featureCount: 1) && all(single).map(\.targetTokens) == [[1], [0]])
        let texts = try read([archive([("t", NumpyArray(["ab", "b"])), ("y", y)])], label: "", text: "t")
        #expect(all(texts).map(\.tokens) == [[0, 1], [1]])
    }

    @Test("arrays that don't belong together are refused by name and index")
    func oddArrays() throws {
        func refusal(_ arrays: [(String, NumpyArray)], text: String = "") throws -> String {
            let path = try archive(arrays)
            return #expect(throws: DatasetError.self) { try read([path], label: "", text: text) }?.description ?? ""
        }
        let (x, y) = (numbers([1, 2, 3, 4], 2, 2), NumpyArray(["a", "b"]))
        #expect(try refusal([("X", numbers([1, 2, 3], 3, 1)), ("y", y)]).contains("x.npz, array 'X': its shape is [3, 1], and [2, time]"))
        #expect(try refusal([("X", x)]).contains("it has no array 'y'"))
        #expect(try refusal([("X", x), ("y", x)]).contains("take .argmax(1)"))
        #expect(try refusal([("X", x), ("y", NumpyArray(["a", ""]))]).contains("array 'y': sequence 1 has no class"))
        #expect(try refusal([("X", numbers([1, 2, .nan, 4], 2, 2)), ("y", y)]).contains("sequence 1 has nan at time step 0, feature 0"))
        for wrong in [3, 0] as [Int64] {
            #expect(try refusal([("X", x), ("y", y), ("lengths", NumpyArray([1, wrong], shape: [2]))]).contains("sequence 1 has the length \(wrong); from 1 to 2"))
        }
        #expect(try refusal([("t", NumpyArray(["a", ""])), ("y", y)], text: "t").contains("array 't': text 1 is empty"))
        let cut = try files.write(Array("PK\u{3}\u{4}".utf8), to: "cut.npz")
        #expect(throws: DatasetError.self) { try read([cut], label: "") }
    }

    // MARK: Of a file that a configuration is written for

    @Test("a file's own fields are taken for class and sequence; a program's source with the same ending, and lines without a class, are no such file")
    func surveys() throws {
        func survey(_ text: String, _ name: String) throws -> SequenceFileSurvey? { try SequenceFileSurvey(ofFile: files.write(text, to: name)) }
        func lines(_ line: (Int) -> String) -> String { (0..<6).map { line($0) + "\n" }.joined() }
        let texts = try #require(try survey(lines { #"{"id": \#($0), "note": "x\#($0)", "body": "a long text \#($0)", "kind": "k\#($0 % 2)"}"# }, "t.jsonl"))
        #expect((texts.label, texts.text, texts.columns, texts.classes, texts.sequenceCount) == ("kind", "body", [], ["k0", "k1"], 6))
        // A usual name before one with fewer values.
        let numbers = try #require(try survey(lines { #"{"flag": \#($0 % 2), "label": \#($0 % 3), "x": [1, \#($0)], "y": [2, 3]}"# }, "n.ndjson"))
        #expect((numbers.label, numbers.text, numbers.columns, numbers.classes) == ("label", "", ["x", "y"], ["0", "1", "2"]))
        let archive = try #require(try survey("# c\n@data\n1,2:a\n3:b\n", "a.ts"))
        #expect((archive.label, archive.classes, archive.sequenceCount) == ("", ["a", "b"], 2))
        #expect(try survey("const a = 1\n", "code.ts") == nil && survey(lines { #"{"text": "t\#($0)"}"# }, "u.jsonl") == nil && survey("[1]\n", "v.jsonl") == nil)
        #expect(try survey("a,b\n1,x\n", "t.csv") == nil)
    }

    // MARK: To be classified

    @Test("in each form, sequences to be classified may lack their classes, have them in part, and keep their names and lines")
    func inputs() throws {
        let training = try read([files.write("a,b,class\n1,2,x\n3,4,y\n", to: "t.csv")])
        let meaning = try #require(training.meaning as? SequenceMeaning)
        func inputs(_ path: String, columns: [String] = [], id: String = "") throws -> SequenceInputs {
            let options = SequenceOptions(files: ["t.csv"], label: "class", columns: columns, id: id, split: try SplitFractions())
            return try SequenceInputs(TableFile(path: path), options: options, meaning: meaning)
        }
        let found = try [
            inputs(files.write("a,b\n\n3,4\n1,2\n", to: "n.csv")), inputs(files.write("@classLabel false\n@data\n3,4\n1,2\n", to: "n.ts")),
            inputs(files.write("{\"v\": [3, 4]}\n{\"v\": [1, 2], \"class\": null}\n", to: "n.jsonl"), columns: ["v"]), inputs(archive([("X", numbers([3, 4, 1, 2], 2, 2))])),
        ]
        let wanted = columns(of: training.batch(ofExamples: [1, 0], in: .training)).map(\.vectors)
        for one in found {
            let batch = one.batch(ofRows: 0..<2)
            guard case .vectors(let values, featureCount: 1) = batch.input, values.count == 4 else {
                Issue.record("not numbers")
                continue
            }
            // Time-major: both sequences have two steps.
            #expect([[values[0], values[2]], [values[1], values[3]]] == wanted && one.labels == nil && one.names == nil)
        }
        #expect(found.map { $0.line(ofRow: 1) } == [4, 4, 2, 2])
        let steps = try inputs(files.write("i,value,class\nq,3,\nr,1,x\nq,4,\nr,2,\n", to: "s.csv"), id: "i")
        #expect(steps.names == ["q", "r"] && steps.labels == [[], ["x"]])
        #expect(throws: DatasetError.self) { try inputs(files.write("a,b,c\n", to: "e.csv")) }
    }
}
