import Batches
import Datasets
import Testing

@Suite("Labelled sequences of a table")
struct LabelledSequencesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ text: String, label: String = "class", columns: [String] = [], textColumn: String = "", features: Int = 1, validation: Double = 0, test: Double = 0,
        evaluated: EvaluatedRange? = nil, reading: TableReading = TableReading()
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: [try files.write(text, to: "table.csv")], label: label, columns: columns, text: textColumn, featureCount: features,
            split: try SplitFractions(validation: validation, test: test), evaluated: evaluated, reading: reading)
    }

    private func read(_ options: SequenceOptions, seed: UInt64 = 1, stored: SequenceMeaning? = nil) throws -> LabelledSequences {
        try LabelledSequences(options, batchSize: 4, seed: seed, meaning: stored)
    }

    private func meaning(_ sequences: LabelledSequences) throws -> SequenceMeaning { try #require(sequences.meaning as? SequenceMeaning) }

    /// All sequences of a part, in its order.
    private func all(_ sequences: LabelledSequences, _ part: DataPart = .training) -> [Column] {
        columns(of: sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: part)), in: part))
    }

    // MARK: Contents

    @Test("empty fields at the end shorten a sequence; each number of a time step has its own scale, over all steps of the training part")
    func numbers() throws {
        let table = "a1,b1,a2,b2,class\n1,10,3,30,up\n5,50,,,down\n"
        let sequences = try read(options(table, features: 2))
        let scale = try meaning(sequences).inputScale
        #expect(scale.map(\.name) == ["a1", "b1"] && scale.map(\.mean) == [3, 30])
        #expect(sequences.input == .vectors(featureCount: 2) && sequences.longestTimeCount == 2)
        let found = all(sequences)
        // Classes by name: down is 0, up is 1.
        #expect(found.map(\.targetTokens) == [[1], [0]])
        let wanted: [[Double]] = [[1, 10, 3, 30], [5, 50]]
        for (column, values) in zip(found, wanted) {
            #expect(column.vectors.count == values.count)
            for (place, value) in values.enumerated() { #expect(column.vectors[place] == scale[place % 2].number(value)) }
        }
        #expect(sequences.task.output == OutputDescription(count: 2, isEveryStep: false, loss: .crossEntropy))
        #expect(sequences.description == "table.csv: 2 sequences of 1 to 2 steps, 2 classes")
    }

    @Test("a text is read by its characters, with the vocabulary of the whole file; quotes, commas and line ends belong to it")
    func texts() throws {
        let sequences = try read(options("words,class\n\"a,\"\"b\nc\",x\nåa,y\n", textColumn: "words"))
        let vocabulary = try #require(sequences.vocabulary)
        #expect(vocabulary.decode(0..<Int32(vocabulary.count)) == "\n\",abcå")
        #expect(all(sequences).map { vocabulary.decode($0.tokens) } == ["a,\"b\nc", "åa"])
        #expect(sequences.input == .tokens(vocabularyCount: 7))
    }

    @Test("byte pairs are learnt from the training part's texts alone, stored, and applied to texts with any characters")
    func bytePairs() throws {
        let table = "part,words,class\n" + (0..<20).map { "train,abab abab,\("xy".map(String.init)[$0 % 2])\n" }.joined() + "validation,cdcd cdcd,x\nvalidation,cdcd cdcd cdcd,y\n"
        var options = try options(table, textColumn: "words")
        (options.textReading, options.division) = (TextReading(unit: .bpe), .part("part"))
        let sequences = try read(options)
        let vocabulary = try #require(sequences.vocabulary)
        func token(_ text: String) -> Int32? { vocabulary.token(of: .bytes(Array(text.utf8))) }
        #expect(token(" abab") != nil && token("cd") == nil && vocabulary.count == 259)
        #expect(all(sequences)[0].tokens.count == 2 && all(sequences, .validation)[0].tokens.count == 9 && sequences.input == .tokens(vocabularyCount: 259))
        #expect(try SequenceMeaning(json: Array(meaning(sequences).stored.text.utf8), file: "classes.json") == meaning(sequences))
        #expect(try read(options, stored: meaning(sequences)).fingerprint == sequences.fingerprint)
        options.wordLimit = 257
        #expect(try read(options).vocabulary?.count == 257 && read(options).fingerprint != sequences.fingerprint)
        let new = try SequenceInputs(TableFile(path: files.write("words\nab 漢\n", to: "new.csv")), options: options, meaning: meaning(sequences))
        guard case .tokens(let tokens) = new.batch(ofRows: 0..<1).input else { return #expect(Bool(false), "there are no tokens") }
        #expect(vocabulary.decode(tokens) == "ab 漢")
        options.wordLimit = 200
        guard case .optionOutOfRange("data.vocabularySize", "200", _)? = fault({ _ = try read(options) }) else { return #expect(Bool(false), "200 was taken") }
    }

    @Test("classes are in the order of their values if all are numbers, else in that of their names", arguments: [
        (["10", "9", "-1.5", "9e2"], ["-1.5", "9", "10", "9e2"]), (["b", "10", "a", "9"], ["10", "9", "a", "b"]), (["é", "z", "Z"], ["Z", "z", "é"]),
    ])
    func order(labels: [String], wanted: [String]) throws {
        let rows = labels.map { "1,\($0)\n" }.joined()
        #expect(try meaning(read(options("n,class\n" + rows))).classes == wanted)
    }

    @Test("columns may be chosen, in another order than the file's; the label may stand anywhere")
    func chosenColumns() throws {
        let sequences = try read(options("note,class,b,a\nsome,x,1,2\ntext,y,3,4\n", columns: ["a", "b"]))
        let scale = try #require(try meaning(sequences).inputScale.first)
        #expect(all(sequences).map(\.vectors) == [[2, 1], [4, 3]].map { $0.compactMap(scale.number) })
    }

    @Test("without a header the columns are column1, column2, …; semicolons and decimal commas are recognised")
    func formats() throws {
        let sequences = try read(options("1,5;2,5;7\n3,5;;8\n", label: "column3", reading: TableReading(header: .no)))
        #expect(try meaning(sequences).classes == ["7", "8"] && all(sequences).map(\.vectors.count) == [2, 1])
    }

    // MARK: Parts

    private func table(_ counts: [Int]) -> String {
        let labels = counts.enumerated().flatMap { Array(repeating: "c\($0)", count: $1) }
        // Mixed, each row with its own number.
        return "n,class\n" + labels.indices.map { "\($0 * 7 % labels.count),\(labels[$0 * 7 % labels.count])\n" }.joined()
    }

    @Test("parts are disjoint, cover all rows, and have each class's share of them, as nearly as whole rows allow", arguments: [
        [50, 30, 20], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3], [101, 1], [7, 90, 2, 1],
    ])
    func stratified(counts: [Int]) throws {
        let sequences = try read(options(table(counts), validation: 0.2, test: 0.1))
        let scale = try #require(try meaning(sequences).inputScale.first)
        let total = counts.reduce(0, +)
        var seen: [Int] = []
        for (part, share) in [(DataPart.training, 0.7), (.validation, 0.2), (.test, 0.1)] {
            let found = all(sequences, part)
            #expect(abs(Double(found.count) - share * Double(total)) <= 2, "\(part): \(found.count)")
            for (label, count) in counts.enumerated() {
                let own = found.count { $0.targetTokens == [Int32(label)] }
                #expect(abs(Double(own) - share * Double(count)) < 2, "\(part), class \(label): \(own) of \(count)")
                #expect(part != .training || own >= 1)
            }
            seen += found.map { Int(scale.restored(Double($0.vectors[0])).rounded()) }
        }
        #expect(seen.sorted() == Array(0..<total))
        #expect(try meaning(sequences).counts.reduce(0, +) == sequences.exampleCount(of: .training))
    }

    @Test("the seed alone decides who is in which part: the same one again, another one otherwise, and a class's rows don't depend on other classes")
    func drawn() throws {
        func validation(_ text: String, seed: UInt64) throws -> Set<[Float]> {
            let sequences = try read(options(text, validation: 0.5), seed: seed)
            let scale = try #require(try meaning(sequences).inputScale.first)
            return Set(all(sequences, .validation).filter { $0.targetTokens == [0] }.map { [Float(scale.restored(Double($0.vectors[0])).rounded())] })
        }
        let first = try validation(table([40, 40]), seed: 1)
        #expect(try first == validation(table([40, 40]), seed: 1))
        #expect(try first != validation(table([40, 40]), seed: 2))
        #expect(first.count == 20)
    }

    // MARK: Meaning

    @Test("other files are read by the stored meaning: classes, scale and symbols; its counts are the baseline")
    func otherFiles() throws {
        let stored = try meaning(read(options("n,class\n1,a\n3,b\n5,b\n")))
        let other = try read(options("n,class\n7,b\n1,b\n", evaluated: .whole), stored: stored)
        #expect(try meaning(other) == stored)
        #expect(all(other, .test).map(\.targetTokens) == [[1], [1]] && other.exampleCount(of: .training) == 0)
        #expect(all(other, .test).map(\.vectors) == [[7], [1]].map { $0.compactMap(stored.inputScale[0].number) })
        let task = try #require(other.task as? ClassificationTask)
        #expect(task.names == ["a", "b"] && task.counts == [1, 2] && task.baseline.title == "always 'b'")
        let baseline = task.baseline.outcomes(other.batch(ofExamples: [0, 1], in: .test))
        #expect(baseline.map(\.rightCount) == [1, 1])
    }

    @Test("the stored meaning survives the file to the bit", arguments: [false, true])
    func stored(isText: Bool) throws {
        let text = "words,n,class\n\"a \\\"\"\",0.1,\"x\"\"y\"\nü,0.30000000000000004,é\n"
        let meaning = try meaning(read(options(text, columns: isText ? [] : ["n"], textColumn: isText ? "words" : "")))
        #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "classes.json") == meaning)
        #expect(meaning.stored.name == "classes.json" && meaning.inputScale.isEmpty == isText)
    }

    @Test("a damaged stored meaning is rejected with its position", arguments: [
        ("{}", "members classes, scale, vocabulary"), (#"{"classes": [], "scale": [], "vocabulary": null}"#, "at least two"),
        (#"{"classes": [{"name": "a", "count": 1}, {"name": "a", "count": 1}], "scale": [], "vocabulary": null}"#, "second time"),
        (#"{"classes": [{"name": "a", "count": -1}, {"name": "b", "count": 1}], "scale": [], "vocabulary": null}"#, "count must be"),
        (#"{"classes": [{"name": "a", "count": 1}, {"name": "b", "count": 1}], "scale": [], "vocabulary": null}"#, "either a scale or a vocabulary"),
        (#"{"classes": [{"name": "a", "count": 1}, {"name": "b", "count": 1}], "scale": [{"name": "n", "mean": 0, "deviation": 0}], "vocabulary": null}"#, "deviation"),
        (#"{"classes": [{"name": "a", "count": 1}, {"name": "b", "count": 1}], "scale": [], "vocabulary": {"unit": "phrase", "symbols": ["a"]}}"#, "unit must be"),
    ])
    func damaged(json: String, words: String) {
        #expect { try SequenceMeaning(json: Array(json.utf8), file: "classes.json") } throws: { error in
            "\(error)".hasPrefix("classes.json:1:") && "\(error)".contains(words)
        }
    }

    // MARK: Errors

    @Test("what can't be read is rejected with file, line and column", arguments: [
        ("n,class\n1,a\nx,b\n", ":3:1: column 'n' is \"x\" here, which is not a number."),
        ("n,m,class\n1,2,a\n,2,b\n", ":3:1: column 'n' has no number here, although later columns of the row do"),
        ("n,class\n1,a\nNA,b\n", ":3:1: column 'n' has no number here"), ("n,class\n1,a\n1e999,b\n", ":3:1: column 'n' is \"1e999\" here; a finite number"),
        ("n,class\n1,a\n,b\n", ":3:1: the row has a class, but no number."), ("n,class\n1,a\n2,\n", ":3:3: the row has no class in column 'class'."),
        ("n,class\n1,a\n2,b,3\n", ":3:1: this line has 3 fields; the header has 2."), ("n,class\n1,a\n2,a\n", ":2:3: all rows have the class 'a'; at least two"),
        ("n,class\n", ":2:1: the file ends behind its header"), ("n,m\n1,a\n2,b\n", "data.label: "), ("n,class,class\n1,a,a\n2,b,b\n", ":1:9: the header has a second column 'class'."),
    ])
    func refused(text: String, words: String) throws {
        let options = try options(text)
        #expect { try read(options) } throws: { "\($0)".contains(words) }
    }

    @Test("numbers that aren't whole time steps, an unknown class or symbol of another file, and a part without a sequence are rejected")
    func further() throws {
        let odd = try options("a,b,c,class\n1,2,,x\n1,2,3,y\n", features: 2)
        #expect { try read(odd) } throws: { "\($0)".contains(":3:1: the row has 3 numbers, which aren't whole time steps of 2 (data.features).") }
        let stored = try meaning(read(options("n,class\n1,a\n2,b\n")))
        let other = try options("n,class\n1,a\n2,q\n", evaluated: .whole)
        #expect { try read(other, stored: stored) } throws: { "\($0)".contains(":3:3: class 'q' is none of the run's 2: 'a', 'b'.") }
        let texts = try meaning(read(options("w,class\nab,x\nba,y\n", textColumn: "w")))
        let otherText = try options("w,class\nabc,x\n", textColumn: "w", evaluated: .whole)
        #expect { try read(otherText, stored: texts) } throws: { "\($0)".contains(":2:5: 'c' (U+0063) in this row's text is none of the run's 2 symbols.") }
        let small = try options("n,class\n1,a\n2,b\n", validation: 0.1)
        #expect { try read(small) } throws: { "\($0)".hasPrefix("data.validationFraction is 0.1; it must be large enough for one of the 2 sequences") }
    }
}
