import Batches
import Datasets
import Files
import HostileInput
import Testing

@Suite("Randomly corrupted data files")
struct MutationTests {
    @Test("a corrupted table is rejected, or read as finite windows whose statistics survive a round trip, and never traps")
    func tables() throws {
        let files = try TemporaryFiles(inMemory: true)
        let tokens = [",", "\"", "\"\"", "\n", "\r", "\r\n", "\u{FEFF}", "\u{0}", "nan", "-inf", "0x1", "1e999", " ", "\t", "é", "\",\"", ",,,,,,,,", "a,a"]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of CSV", runCount: 10_000) { mutator in
            let other = Self.table(&mutator)
            let bytes = mutator.spoilt(Self.table(&mutator), other: other, tokens: tokens.map { Array($0.utf8) })
            let path = try files.write(bytes, to: "series.csv")
            do throws(DatasetError) {
                let options = SeriesOptions(file: path, length: 1, horizon: 1, relative: true, split: try SplitFractions(validation: 0.2))
                let series = try SeriesWindows(options, batchSize: 3, seed: 1)
                takenCount += 1
                let stored = try SeriesStatistics(json: Array(series.statistics.json.utf8), file: "statistics.json")
                if stored != series.statistics || !Self.isFinite(series) || !Self.isOfNumbers(bytes) { Issue.record("seed \(mutator.seed): \(bytes)") }
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 5000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    @Test("a corrupted table of labelled sequences is rejected, or read as finite sequences whose meaning survives a round trip, and never traps")
    func labelledSequences() throws {
        let files = try TemporaryFiles(inMemory: true)
        let tokens = [",", "\"", "\n", "\r\n", "\u{FEFF}", "\u{0}", "nan", "1e999", " ", "é", ",,,,", "k0", "-1e300"]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of labelled CSV", runCount: 5_000) { mutator in
            let isText = Bool.random(using: &mutator)
            let other = Self.labelledTable(&mutator)
            let path = try files.write(mutator.spoilt(Self.labelledTable(&mutator), other: other, tokens: tokens.map { Array($0.utf8) }), to: "labelled.csv")
            do throws(DatasetError) {
                let split = try SplitFractions(validation: 0.2)
                let options = SequenceOptions(files: [path], label: "class", text: isText ? "a" : "", featureCount: Int.random(in: 1...2, using: &mutator), split: split)
                let sequences = try LabelledSequences(options, batchSize: 3, seed: mutator.seed)
                takenCount += 1
                let meaning = sequences.meaning as? SequenceMeaning
                let again = try SequenceMeaning(json: Array((meaning?.stored.text ?? "").utf8), file: "classes.json")
                if again != meaning || !Self.isSound(sequences) { Issue.record("seed \(mutator.seed)") }
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 5000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    @Test("corrupted files of sequences in other forms are rejected, or read as finite sequences, and never trap", arguments: ["a.ts", "a.jsonl", "long.csv", "a.npz"])
    func otherForms(name: String) throws {
        let files = try TemporaryFiles(inMemory: true)
        let tokens = ["@data", ":", "?", "{", "}", "[", "[]", "\"", "null", "1e999", "-1e300", "nan", "\n", "\r\n", "\u{FEFF}", "\u{0}", ",,,", "k0", "shape", "(2,)", "<f8"]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of \(name)", runCount: 3_000) { mutator in
            let (document, other, bytes) = (Self.sequences(name, &mutator), Self.sequences(name, &mutator), tokens.map { Array($0.utf8) })
            // An archive's checksums would find all changes behind them, so that an array is changed within one half of the time.
            let isWithin = name == "a.npz" && Bool.random(using: &mutator)
            let path = try files.write(
                isWithin ? Self.archive(&mutator) { mutator, array in mutator.spoilt(array, other: array, tokens: bytes) } : mutator.spoilt(document, other: other, tokens: bytes),
                to: name)
            do throws(DatasetError) {
                let options = SequenceOptions(
                    files: [path], label: name == "a.jsonl" || name == "long.csv" ? "class" : "", columns: name == "a.jsonl" ? ["v"] : [], id: name == "long.csv" ? "i" : "",
                    step: name == "long.csv" ? "t" : "", split: try SplitFractions())
                let sequences = try LabelledSequences(options, batchSize: 3, seed: mutator.seed)
                takenCount += 1
                if !Self.isSound(sequences) { Issue.record("seed \(mutator.seed)") }
                _ = try SequenceFileSurvey(ofFile: path)
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 5000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    /// A small file with six sequences of one or two steps of two numbers, in the form that `name` shows.
    private static func sequences(_ name: String, _ mutator: inout Mutator) -> [UInt8] {
        let lengths = (0..<6).map { _ in Int.random(in: 1...2, using: &mutator) }
        let values = lengths.map { length in (0..<length * 2).map { _ in Int.random(in: -99...99, using: &mutator) } }
        func text(_ values: [Int]) -> String { values.map(String.init).joined(separator: ",") }
        switch name {
        case "a.ts":
            let lines = values.enumerated().map { "\(text($1.prefix($1.count / 2).map { $0 })):\(text($1.suffix($1.count / 2).map { $0 })):k\($0 % 3)" }
            return Array("@classLabel true k0 k1 k2\n@data\n\(lines.joined(separator: "\n"))\n".utf8)
        case "a.jsonl":
            let lines = values.enumerated().map { row, values in
                let steps = stride(from: 0, to: values.count, by: 2).map { "[\(values[$0]), \(values[$0 + 1])]" }
                return "{\"v\": [\(steps.joined(separator: ", "))], \"class\": \"k\(row % 3)\"}"
            }
            return Array(lines.joined(separator: "\n").utf8)
        case "long.csv":
            let rows = values.enumerated().flatMap { row, values in
                stride(from: 0, to: values.count, by: 2).map { "s\(row),\(9 - $0),\(values[$0]),\(values[$0 + 1]),k\(row % 3)\n" }
            }
            return Array(("i,t,a,b,class\n" + rows.joined()).utf8)
        default: return archive(&mutator) { $1 }
        }
    }

    /// Six sequences of arrays, one of which `change` changes.
    private static func archive(_ mutator: inout Mutator, _ change: (inout Mutator, [UInt8]) -> [UInt8]) -> [UInt8] {
        let arrays = [
            NumpyArray((0..<24).map { _ in Double.random(in: -9...9, using: &mutator) }, shape: [6, 2, 2]), NumpyArray((0..<6).map { "k\($0 % 3)" }),
            NumpyArray((0..<6).map { _ in Int64.random(in: 1...2, using: &mutator) }, shape: [6]),
        ]
        let odd = Int.random(in: 0..<3, using: &mutator)
        var archive = ZipArchive()
        for (place, (name, array)) in zip(["X.npy", "y.npy", "lengths.npy"], arrays).enumerated() {
            archive.add(name, place == odd ? change(&mutator, array.bytes) : array.bytes)
        }
        return archive.finished()
    }

    private static func labelledTable(_ mutator: inout Mutator) -> [UInt8] {
        let rows = (0..<Int.random(in: 6...14, using: &mutator)).map { row in
            let length = Int.random(in: 1...2, using: &mutator) * 2
            let fields = (0..<4).map { $0 < length ? "\(Int.random(in: -99...99, using: &mutator))" : "" }
            return (fields + ["k\(row % 3)"]).joined(separator: ",")
        }
        return Array((["a,b,c,d,class"] + rows).joined(separator: "\n").utf8)
    }

    /// Whether all inputs are finite, and all classes are among those of the task.
    private static func isSound(_ sequences: LabelledSequences) -> Bool {
        DataPart.allCases.allSatisfy { part in
            let batch = sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: part)), in: part)
            guard case .classAtEnd(let classes)? = batch.target else { return false }
            let inputIsSound: Bool
            switch batch.input {
            case .characters: inputIsSound = false
            case .vectors(let numbers, _): inputIsSound = numbers.allSatisfy(\.isFinite)
            case .tokens(let tokens): inputIsSound = tokens.allSatisfy { $0 >= -1 && $0 < sequences.vocabulary?.count ?? 0 }
            }
            return inputIsSound && batch.lengths.allSatisfy { $0 >= 1 } && classes.allSatisfy { $0 >= 0 && $0 < sequences.task.output.count }
        }
    }

    private static func table(_ mutator: inout Mutator) -> [UInt8] {
        let width = Int.random(in: 1...4, using: &mutator)
        let end = Bool.random(using: &mutator) ? "\n" : "\r\n"
        let names = ["a", "\"b, \"\"c\"\"\"", "größe", " d "].prefix(width).joined(separator: ",")
        let rows = (0..<Int.random(in: 3...9, using: &mutator)).map { _ in
            (0..<width).map { _ in "\(Double(Int.random(in: -999...999, using: &mutator)) / 8)" }.joined(separator: ",")
        }
        return Array(([names] + rows).joined(separator: end).utf8)
    }

    static func isFinite(_ series: SeriesWindows) -> Bool {
        let batches = series.batches(of: .training(epoch: 0))
        return (0..<batches.batchCount).allSatisfy { index in
            let batch = batches.sequences(at: 0..<batches.sequenceCount(ofBatch: index), ofBatch: index)
            guard case .vectors(let input, _) = batch.input, case .vectorAtEnd(let target, _) = batch.target else { return false }
            return (input + target).allSatisfy(\.isFinite)
        }
    }

    /// Whether each field below the header is a decimal number; true for a table with quotes, which isn't checked.
    private static func isOfNumbers(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(0x22) else { return true }
        func isNumber(_ field: String) -> Bool { field.wholeMatch(of: /[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*/) != nil }
        func fields(_ line: ArraySlice<UInt8>) -> [String] {
            (line.last == 0x0D ? line.dropLast() : line).split(separator: 0x2C, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        }
        // Columns after the last name aren't read.
        let header = fields(bytes.prefix { $0 != 0x0A })
        let namedCount = (header.lastIndex { $0.contains { $0 != " " && $0 != "\t" } } ?? -1) + 1
        var lines = bytes.split(separator: 0x0A).dropFirst().map { line in
            var fields = Array(fields(line).prefix(namedCount))
            while fields.last?.allSatisfy({ $0 == " " || $0 == "\t" }) == true { fields.removeLast() }
            return fields
        }
        // Removes blank lines and a text footer.
        while let last = lines.last, last.isEmpty || !isNumber(last[0]) && last.contains(where: { $0.contains(where: \.isLetter) }) { lines.removeLast() }
        return lines.allSatisfy { $0.allSatisfy(isNumber) }
    }

    @Test("a corrupted text is rejected if it isn't UTF-8, and otherwise its tokens decode to the same bytes")
    func texts() throws {
        let files = try TemporaryFiles(inMemory: true)
        let tokens: [[UInt8]] = [[0], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xEF, 0xBB, 0xBF], [0xE2, 0x80], Array("𝄞İß\r\n".utf8)]
        let (first, second) = (Array("The quick brown fox\r\njumps over é, 𝄞 and \u{10FFFF}.\n".utf8), Array("größer 日本語 e\u{301}\0".utf8))
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of text", runCount: 2_000) { mutator in
            let bytes = mutator.spoilt(first, other: second, tokens: tokens)
            let path = try files.write(bytes, to: "text.txt")
            let reading = TextReading(unit: Int.random(in: 0..<8, using: &mutator) == 0 ? .byte : .character)
            do throws(DatasetError) {
                let text = try EncodedText(TextOptions(files: [path], reading: reading, split: SplitFractions()))
                takenCount += 1
                let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
                let symbols = reading.unit == .character && bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
                if try !Self.comesBack(symbols, from: text) { Issue.record("seed \(mutator.seed): \(bytes)") }
            } catch {
                refusedCount += 1
                let isRight =
                    switch error {
                    case .emptyFile: bytes.isEmpty || bytes == [0xEF, 0xBB, 0xBF] && reading.unit == .character
                    case .notPlainText(_, let format, _): FileFormat(bytes: bytes) == format && reading.unit == .character
                    default: String(validating: bytes, as: UTF8.self) == nil && reading.unit == .character
                    }
                if !isRight { Issue.record("seed \(mutator.seed): \(error) for \(bytes)") }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    /// Whether the tokens of all streams' steps, which omit the last symbol, decode to the bytes.
    private static func comesBack(_ bytes: [UInt8], from text: EncodedText) throws(DatasetError) -> Bool {
        guard text.count > 1 else { return true }
        let streams = try TextStreams(text: text, length: text.count - 1, batchSize: 1)
        let columns = streams.batches(of: .training(epoch: 0)).allColumns()
        return text.vocabulary.decodeBytes(columns[0].tokens) + text.vocabulary.decodeBytes([columns[0].targetTokens.last ?? -1]) == bytes
    }

    @Test("a corrupted vocabulary or statistics file is rejected with a position, or survives a round trip")
    func storedFiles() throws {
        let vocabularies = [
            #"{"unit": "character", "symbols": ["\n", " ", "\u0000", "é", "\u0301", "\ud834\udd1e", "\\", "\""]}"#, #"{"unit": "byte", "symbols": [0, 10, 255, 128]}"#,
        ].map { Array($0.utf8) }
        let statistics = Array(#"{"columns": [{"name": "a", "mean": -1.5e-3, "deviation": 2}, {"name": "é", "mean": 0, "deviation": 5e-324}]}"#.utf8)
        let tokens = ["{", "}", "[", "]", ",", "\"", "\"a\"", "\\u0041", "null", "\"symbols\":", "\"unit\":", "\"character\"", "\"byte\"", "1e400", "\"mean\":0,"]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = fuzz("mutations of stored files", runCount: 60_000) { mutator in
            let isVocabulary = Int.random(in: 0..<3, using: &mutator) > 0
            let document = isVocabulary ? vocabularies[Int.random(in: 0...1, using: &mutator)] : statistics
            let bytes = mutator.spoilt(document, other: vocabularies[0], tokens: tokens.map { Array($0.utf8) })
            do throws(DatasetError) {
                let readsBack: Bool
                if isVocabulary {
                    let vocabulary = try Vocabulary(json: bytes, file: "f")
                    readsBack = try Vocabulary(json: Array(vocabulary.json.utf8), file: "f") == vocabulary
                } else {
                    let statistics = try SeriesStatistics(json: bytes, file: "f")
                    readsBack = try SeriesStatistics(json: Array(statistics.json.utf8), file: "f") == statistics
                }
                takenCount += 1
                if !readsBack { Issue.record("seed \(mutator.seed): \(bytes)") }
            } catch {
                refusedCount += 1
                if case .malformedFile(path: "f", line: 1..., column: 1..., _) = error { return }
                Issue.record("seed \(mutator.seed): \(error)")
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    /// Checks that some documents were rejected and some accepted, since otherwise the test would show nothing; and that none was slow.
    func expectBoth(_ refusedCount: Int, _ takenCount: Int, _ slowest: Double) {
        #expect(slowest < 5)
        let count = refusedCount + takenCount
        #expect(count < 1000 || min(refusedCount, takenCount) > count / 50, "\(refusedCount) refused, \(takenCount) taken")
    }
}
