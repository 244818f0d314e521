import Batches
import Datasets
import Files
import Testing

@Suite("Missing numbers of labelled sequences")
struct SequenceFillingTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    /// The same sequences in each form: a lacks its first number of u, and b the second of v.
    enum Form: CaseIterable {
        case rows, steps, archive, lists, nested, arrays
    }

    private func options(_ form: Form, _ missing: TableReading.Missing, gaps: Bool = true) throws -> SequenceOptions {
        let (empty, mark, null) = gaps ? ("", "?", "null") : ("7", "7", "7")
        let split = try SplitFractions(validation: 0)
        let reading = TableReading(missing: missing)
        switch form {
        case .rows:
            let text = "u1,v1,u2,v2,u3,v3,class\n\(empty),10,2,20,4,60,a\n1,30,3,\(empty == "" ? "NA" : "7"),5,50,b\n"
            return SequenceOptions(files: [try files.write(text, to: "rows.csv")], label: "class", featureCount: 2, split: split, reading: reading)
        case .steps:
            let text = "id,u,v,class\na,\(empty),10,a\na,2,20,\na,4,60,\nb,1,30,b\nb,3,\(empty),\nb,5,50,\n"
            return SequenceOptions(files: [try files.write(text, to: "steps.csv")], label: "class", id: "id", split: split, reading: reading)
        case .archive:
            let text = "@classLabel true a b\n@data\n\(mark),2,4:10,20,60:a\n1,3,5:30,\(gaps ? "NaN" : "7"),50:b\n"
            return SequenceOptions(files: [try files.write(text, to: "x.ts")], label: "", split: split, reading: reading)
        case .lists:
            let text = #"{"u": [\#(null), 2, 4], "v": [10, 20, 60], "class": "a"}"# + "\n" + #"{"u": [1, 3, 5], "v": [30, \#(null), 50], "class": "b"}"#
            return SequenceOptions(files: [try files.write(text, to: "l.jsonl")], label: "class", columns: ["u", "v"], split: split, reading: reading)
        case .nested:
            let text = #"{"x": [[\#(null), 10], [2, 20], [4, 60]], "class": "a"}"# + "\n" + #"{"x": [[1, 30], [3, \#(null)], [5, 50]], "class": "b"}"#
            return SequenceOptions(files: [try files.write(text, to: "n.jsonl")], label: "class", columns: ["x"], split: split, reading: reading)
        case .arrays:
            var archive = ZipArchive()
            let gap: Float = gaps ? .nan : 7
            archive.add("X.npy", NumpyArray([gap, 10, 2, 20, 4, 60, 1, 30, 3, gap, 5, 50], shape: [2, 3, 2]).bytes)
            archive.add("y.npy", NumpyArray(["a", "b"]).bytes)
            return SequenceOptions(files: [try files.write(archive.finished(), to: "x.npz")], label: "", split: split, reading: reading)
        }
    }

    private func numbers(_ sequences: LabelledSequences) -> [[Float]] {
        columns(of: sequences.batch(ofExamples: [0, 1], in: .training)).map(\.vectors)
    }

    @Test("the last known one stands in, or the mean before the first, and marks say where; mean and deviation are those of the known ones", arguments: Form.allCases)
    func filled(form: Form) throws {
        let filled = try LabelledSequences(options(form, .fill), batchSize: 2, seed: 1)
        let scale = try #require(filled.meaning as? SequenceMeaning).inputScale
        #expect(scale.count == 2 && scale.map(\.mean) == [3, 34])
        func standardised(_ values: [[Double]]) -> [Float] { values.flatMap { zip($0, scale).map { Float($1.standardised($0)) } } }
        let wanted = [standardised([[3, 10], [2, 20], [4, 60]]), standardised([[1, 30], [3, 30], [5, 50]])]
        #expect(numbers(filled) == wanted)
        #expect(filled.notes.contains("2 numbers of 12 are missing (data.missing): the last known one of the sequence stands in, or before the first the mean"))

        let masked = try LabelledSequences(options(form, .mask), batchSize: 2, seed: 1)
        let names = filled.featureNames
        #expect(masked.featureNames == names + names.map { "\($0) missing" } && masked.input == .vectors(featureCount: 4))
        let marks: [[[Float]]] = [[[1, 0], [0, 0], [0, 0]], [[0, 0], [0, 1], [0, 0]]]
        let found = numbers(masked)
        for (row, values) in wanted.enumerated() {
            var expected: [Float] = []
            for step in 0..<3 {
                expected += values[2 * step..<2 * step + 2]
                expected += marks[row][step]
            }
            #expect(found[row] == expected)
        }
        #expect(masked.fingerprint != filled.fingerprint)
        // Without gaps nothing is marked, and nothing differs.
        let whole = try [TableReading.Missing.refuse, .fill, .mask].map { try LabelledSequences(options(form, $0, gaps: false), batchSize: 2, seed: 1) }
        #expect(whole.allSatisfy { $0.featureNames == names } && Set(whole.map(\.fingerprint)).count == 1 && whole.allSatisfy { numbers($0) == numbers(whole[0]) })
    }

    @Test("a stored meaning has the marks: a file to predict is filled and marked like them, whether it has gaps or not", arguments: Form.allCases)
    func stored(form: Form) throws {
        let trained = try LabelledSequences(options(form, .mask), batchSize: 2, seed: 1)
        let meaning = try #require(trained.meaning as? SequenceMeaning)
        for gaps in [true, false] {
            let options = try options(form, .mask, gaps: gaps)
            let rows = try SequenceInputs(TableFile(path: options.files[0]), options: options, meaning: meaning)
            guard case .vectors(let both, 4) = rows.batch(ofRows: 0..<2).input else {
                Issue.record("\(form)")
                return
            }
            // [time, sequence, number]
            var found: [[Float]] = [[], []]
            for place in 0..<6 { found[place % 2] += both[4 * place..<4 * place + 4] }
            if gaps { #expect(found == numbers(trained)) }
            for row in found {
                var markSum: Float = 0
                for (place, number) in row.enumerated() where place % 4 > 1 { markSum += number }
                #expect(markSum == (gaps ? 1 : 0))
            }
        }
        #expect(try SequenceMeaning(json: Array(meaning.stored.text.utf8), file: "meaning") == meaning)
    }

    @Test("without the key a gap is refused with the key's name; \"drop\" and texts have none of it; a feature called like a mark is refused", arguments: Form.allCases)
    func refusals(form: Form) throws {
        let refused = try #require(fault { _ = try LabelledSequences(self.options(form, .refuse), batchSize: 2, seed: 1) })
        #expect("\(refused)".contains("or set data.missing to \"fill\" or \"mask\""), "\(refused)")
        let dropped = try #require(fault { _ = try LabelledSequences(self.options(form, .drop), batchSize: 2, seed: 1) })
        #expect("\(dropped)".contains("data.missing is \"drop\"; it must be \"refuse\", \"fill\" or \"mask\""), "\(dropped)")
        let texts = SequenceOptions(
            files: [try files.write("text,class\nab,x\nc,y\n", to: "texts.csv")], label: "class", text: "text", split: try SplitFractions(validation: 0),
            reading: TableReading(missing: .mask))
        #expect("\(try #require(fault { _ = try LabelledSequences(texts, batchSize: 2, seed: 1) }))".contains("left out with data.text"))
        let twin = SequenceOptions(
            files: [try files.write("id,u,u missing,class\na,,0,a\na,1,0,\nb,1,0,b\n", to: "twin.csv")], label: "class", id: "id", split: try SplitFractions(validation: 0),
            reading: TableReading(missing: .mask))
        #expect("\(try #require(fault { _ = try LabelledSequences(twin, batchSize: 2, seed: 1) }))".contains("'u missing' renamed"))
    }
}
