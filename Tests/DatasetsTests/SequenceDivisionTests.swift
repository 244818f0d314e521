import Batches
import Datasets
import Testing

@Suite("Parts by groups and by columns; batches of like lengths")
struct SequenceDivisionTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private func options(
        _ text: String, to name: String = "t.csv", _ division: SequenceDivision?, validation: Double = 0, test: Double = 0, id: String = "", columns: [String] = [],
        evaluated: EvaluatedRange? = nil, bucketed: Bool = false
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: [try files.write(text, to: name)], label: "class", columns: columns, id: id, split: try SplitFractions(validation: validation, test: test),
            evaluated: evaluated, division: division, isBucketed: bucketed)
    }

    private func read(_ options: SequenceOptions, seed: UInt64 = 1) throws -> LabelledSequences { try LabelledSequences(options, batchSize: 4, seed: seed) }

    /// Lines of the sequences of a part.
    private func places(_ sequences: LabelledSequences, _ part: DataPart) -> [String] {
        (0..<sequences.exampleCount(of: part)).map { sequences.place(ofExample: $0, in: part) }
    }

    /// Nine groups of one to five sequences, their rows mixed.
    private static let writers = (0..<30).map { "w\($0 * $0 * $0 % 12)" }
    private static let table = "x,who,class\n" + writers.enumerated().map { "\($0),\($1),\($0 % 3)\n" }.joined()

    @Test("a group's sequences are all in one part, and parts have about their shares; the seed draws them", arguments: 1...20 as ClosedRange<UInt64>)
    func groups(seed: UInt64) throws {
        let sequences = try read(options(Self.table, .group("who"), validation: 0.2, test: 0.3), seed: seed)
        #expect(sequences.featureNames == ["value"] && sequences.longestTimeCount == 1)
        let parts = DataPart.allCases.map { part in Set(places(sequences, part).map { Self.writers[Int($0.dropFirst(5))! - 2] }) }
        #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]) && parts[1].isDisjoint(with: parts[2]))
        let counts = DataPart.allCases.map(sequences.exampleCount)
        let largest = Dictionary(grouping: Self.writers) { $0 }.map(\.value.count).max() ?? 0
        #expect(counts.reduce(0, +) == 30 && abs(counts[1] - 6) <= largest / 2 + 1 && abs(counts[2] - 9) <= largest / 2 + 1, "\(counts)")
    }

    @Test("another seed gives another division, the same seed the same; the fingerprint tells them apart")
    func seeds() throws {
        let found = try (1...8).map { try read(options(Self.table, .group("who"), test: 0.3), seed: UInt64($0)) }
        #expect(Set(found.map { places($0, .test) }).count > 4 && Set(found.map(\.fingerprint)).count == 8)
        #expect(try read(options(Self.table, .group("who"), test: 0.3), seed: 3).fingerprint == found[2].fingerprint)
        #expect(try read(options(Self.table.replacing("who", with: "what"), .group("what"), test: 0.3), seed: 3).fingerprint == found[2].fingerprint)
    }

    @Test("a column names the part of each sequence, in the words that people use; shares have no effect then")
    func parts() throws {
        let names = ["train", "Test", "val", "TRAINING", "dev", "validation", "test", "valid"]
        let text = "x,fold,class\n" + names.enumerated().map { "\($0),\($1),\($0 % 2)\n" }.joined()
        let sequences = try read(options(text, .part("fold"), validation: 0.5, test: 0.4))
        #expect(places(sequences, .training) == ["line 2", "line 5"])
        #expect(places(sequences, .validation) == ["line 4", "line 6", "line 7", "line 9"] && places(sequences, .test) == ["line 3", "line 8"])
        #expect(throws: DatasetError.self) { try read(options("x,fold,class\n1,test,a\n2,dev,b\n", .part("fold"))) }
        #expect { try read(options("x,fold,class\n1,train,a\n2,trian,b\n", .part("fold"))) } throws: { "\($0)".contains(":3") && "\($0)".contains("'trian' is none of the parts") }
        #expect { try read(options("x,fold,class\n1,train,a\n2, ,b\n", .part("fold"))) } throws: { "\($0)".contains(":3") && "\($0)".contains("nothing in 'fold' (data.part)") }
    }

    @Test("time steps a row and JSON lines have groups too; a sequence has one")
    func forms() throws {
        let steps = "id,x,who,class\na,1,p,u\nb,2,q,v\na,3,,u\nb,4,q,v\nc,5,p,u\nd,6,r,v\n"
        let json = #"{"x":[1],"who":"p","class":"u"}"# + "\n" + #"{"x":[2,4],"who":7,"class":"v"}"# + "\n" + #"{"x":[5],"who":"p","class":"u"}"# + "\n" + #"{"x":[5],"who":"r","class":"v"}"#
        for one in try [read(options(steps, .group("who"), test: 0.5, id: "id")), read(options(json, to: "t.jsonl", .group("who"), test: 0.5, columns: ["x"]))] {
            let test = Set(places(one, .test))
            #expect(one.exampleCount(of: .test) == 2 && one.featureNames.count == 1, "\(test)")
        }
        #expect { try read(options("id,x,who,class\na,1,p,u\na,2,q,u\nb,2,q,v\n", .group("who"), id: "id")) } throws: { "\($0)".contains(":3:") && "\($0)".contains("'q'") }
        #expect { try read(options(#"{"x":[1],"who":[],"class":"u"}"#, to: "t.jsonl", .group("who"), columns: ["x"])) } throws: { "\($0)".contains("data.group") }
        #expect { try read(options(#"{"x":[1],"who":null,"class":"u"}"#, to: "t.jsonl", .group("who"), columns: ["x"])) } throws: { "\($0)".contains("is null") }
        #expect { try read(options("x,who,class\n1,p,a\n2,p,b\n3,q,a\n4,q,b\n", .group("who"), validation: 0.1)) } throws: {
            "\($0)".contains("data.validationFraction is 0.1") && "\($0)".contains("whole group (data.group)")
        }
        #expect { try read(options("x,class\n1,a\n2,b\n", .group("who"))) } throws: { "\($0)".contains("who") }
        #expect { try read(options("60 61\n", to: "t.conll", .group("who"))) } throws: { "\($0)".contains("data.group") && "\($0)".contains("left out") }
    }

    @Test("a whole other file needs no groups, and their column isn't an input")
    func otherFiles() throws {
        let trained = try read(options(Self.table, .group("who"), test: 0.3))
        let meaning = try #require(trained.meaning as? SequenceMeaning)
        for text in ["x,class\n1,0\n2,1\n", "x,who,class\n1,,0\n2,b,1\n"] {
            let whole = try LabelledSequences(options(text, .group("who"), evaluated: .whole), batchSize: 4, seed: 1, meaning: meaning)
            #expect(whole.exampleCount(of: .test) == 2 && whole.longestTimeCount == 1)
        }
    }

    // MARK: Bucketing

    private static let lengths = (0..<203).map { 1 + $0 * 37 % 19 }
    private static let ragged = "class," + (1...19).map { "v\($0)" }.joined(separator: ",") + "\n"
        + lengths.enumerated().map { "\($0 % 2)," + (0..<$1).map(String.init).joined(separator: ",") + "\n" }.joined()

    @Test("every example once an epoch, in batches of like lengths, in another order each epoch; the last batch is the incomplete one")
    func bucketing() throws {
        let sequences = try read(options(Self.ragged, nil, bucketed: true))
        let plain = try read(options(Self.ragged, nil))
        #expect(sequences.fingerprint != plain.fingerprint)
        var firsts: Set<[Int]> = []
        for epoch in 0..<4 {
            let batches = sequences.batches(of: .training(epoch: epoch))
            let found = (0..<batches.batchCount).map { batches.sequences(at: 0..<batches.sequenceCount(ofBatch: $0), ofBatch: $0) }
            #expect(found.flatMap(\.globalIndices).sorted() == Array(0..<203) && found.last?.sequenceCount == 3)
            // 203 sequences of 19 lengths in batches of 4: sorted, a batch has at most two neighbouring lengths.
            #expect(found.dropLast().allSatisfy { ($0.lengths.max() ?? 0) - ($0.lengths.min() ?? 0) <= 1 })
            firsts.insert(found.prefix(3).flatMap(\.globalIndices))
            // A rank's part is that of the whole batch.
            #expect(batches.sequences(at: 2..<4, ofBatch: 7).globalIndices == Array(found[7].globalIndices[2...]))
        }
        #expect(firsts.count == 4)
        let (share, without) = try (#require(sequences.paddingShare), #require(plain.paddingShare))
        #expect(share < 0.05 && without > 0.25, "\(share), \(without)")
    }

    @Test("the share of padding is that of the batches' rows; without padding there is none")
    func padding() throws {
        #expect(try read(options("class,a,b\nx,1,2\ny,3,4\n", nil)).paddingShare == nil)
        #expect(try read(options("class,a,b,c,d\nx,1,2,3,4\ny,3\nx,1\ny,2,4\n", nil)).paddingShare == 0.5)
    }
}
