import Batches
import Datasets
import Files
import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("Prepared labelled sequences")
struct PreparedSequencesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    /// A form of files and targets, and what is read of it.
    struct Form: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var change: @Sendable (inout SequenceOptions) -> Void = { _ in }

        var testDescription: String { name }
    }

    private static func lines(_ line: (Int) -> String) -> String { (0..<40).map { line($0) + "\n" }.joined() }

    static let forms: [Form] = [
        Form(name: "rows.csv", text: "a1,b1,a2,b2,class\n" + lines { "\($0),\($0 * 7 % 5),\($0 % 3 == 0 ? "," : "\($0 * $0 % 11),1.5"),\(["up", "down", "é, \"\""][$0 % 3].csv)" }) {
            $0.featureCount = 2
        },
        Form(name: "steps.csv", text: "id,when,u,v,class,writer\n" + lines { "\($0 / 3),\(-$0),\($0 % 7),\($0 % 4 == 1 ? "" : "\($0 % 5)"),\(["x", "y"][$0 / 3 % 2]),w\($0 / 6)" }) {
            ($0.id, $0.step, $0.reading.missing, $0.division) = ("id", "when", .mask, .group("writer"))
        },
        Form(name: "texts.csv", text: "words,class\n" + lines { "a cat \(["sat", "ran", "ö"][$0 % 3]) \($0),\(["p", "q"][$0 % 2])" }) {
            ($0.text, $0.textReading.unit, $0.characterLimit) = ("words", .word, 5)
        },
        Form(name: "tags.jsonl", text: lines { #"{"words": ["a", "b\#($0 % 4)", "c"], "class": ["O", "T\#($0 % 2)", "O"], "part": "\#($0 % 5 == 0 ? "test" : "train")"}"# }) {
            ($0.text, $0.textReading.unit, $0.target, $0.division) = ("words", .word, .classes, .part("part"))
        },
        Form(name: "numbers.jsonl", text: lines { #"{"x": [[\#($0), 1], [\#($0 % 3), 2.5]], "y": \#($0 * $0 % 17)}"# }) {
            ($0.columns, $0.target, $0.targets, $0.label) = (["x"], .numbers, ["y"], "")
        },
        Form(name: "frames.jsonl", text: lines { #"{"x": [[\#($0), 1], [\#($0 % 3), 2.5], [0.\#($0), 7]], "y": "t\#($0 % 4)"}"# }) {
            ($0.columns, $0.target, $0.label, $0.standardization, $0.deltaOrder) = (["x"], .class, "y", .sequence, 2)
        },
        Form(name: "deltas.jsonl", text: lines { #"{"x": [[\#($0), null], [\#($0 % 3), 2.5], [0.\#($0), 7]], "y": "ab\#($0 % 3)"}"# }) {
            ($0.columns, $0.target, $0.label, $0.reading.missing, $0.deltaOrder) = (["x"], .transcript, "y", .mask, 1)
        },
        Form(name: "music.txt", text: lines { "\($0 % 5),\($0 % 7 + 5) - \($0 % 3) \($0 % 5)" }) { ($0.format, $0.target, $0.label) = (.sets, .next, "") },
    ]

    private func options(_ form: Form) throws -> SequenceOptions {
        let path = try files.write(form.text, to: form.name)
        let second = try files.write(form.text, to: "more-" + form.name)
        var options = SequenceOptions(files: [path, second], label: "class", split: try SplitFractions(validation: 0.2, test: 0.2))
        form.change(&options)
        if case .part = options.division { options.split = try SplitFractions() }
        return options
    }

    private func reading(_ options: SequenceOptions) -> PreparedReading {
        PreparedReading(kind: "sequences", settings: [], sources: options.files.map { PreparedSource(key: "data.files", path: $0) })
    }

    private var path: String { files.path("sequences.prepared") }

    private func prepared(_ options: SequenceOptions, seed: UInt64 = 3, meaning: SequenceMeaning? = nil, at path: String? = nil) throws -> LabelledSequences {
        try LabelledSequences(options, prepared: path ?? self.path, reading: reading(options), batchSize: 4, seed: seed, meaning: meaning)
    }

    @Test("have the batches, meaning, names, notes and fingerprint of the files, of any seed, and with a run's own meaning", arguments: forms)
    func same(form: Form) throws {
        let options = try options(form)
        let facts = try SequencePreparation(options, reading: reading(options)).write(to: path, command: "")
        let wanted = try LabelledSequences(options, batchSize: 4, seed: 3)
        #expect(facts.description.contains("sequences, "))
        for (seed, meaning) in [(UInt64(3), nil), (9, nil), (3, wanted.meaning as? SequenceMeaning)] {
            let (found, wanted) = try (prepared(options, seed: seed, meaning: meaning), LabelledSequences(options, batchSize: 4, seed: seed, meaning: meaning))
            #expect(found.fingerprint == wanted.fingerprint && found.notes == wanted.notes && found.description == wanted.description)
            #expect(found.meaning as? SequenceMeaning == wanted.meaning as? SequenceMeaning && found.longestTimeCount == wanted.longestTimeCount)
            for part in DataPart.allCases {
                #expect(found.exampleCount(of: part) == wanted.exampleCount(of: part))
                guard found.exampleCount(of: part) > 0 else { continue }
                let all = Array(0..<found.exampleCount(of: part))
                #expect(found.batch(ofExamples: all, in: part) == wanted.batch(ofExamples: all, in: part))
                #expect(all.map { found.place(ofExample: $0, in: part) } == all.map { wanted.place(ofExample: $0, in: part) })
                #expect(all.map { found.targetCount(ofExample: $0, in: part) } == all.map { wanted.targetCount(ofExample: $0, in: part) })
            }
            if case .vectors = found.input, options.target != .next { #expect(found.byteCount < wanted.byteCount) }
        }
    }

    @Test("a row that can't be used is refused with its file and line, as without the form")
    func places() throws {
        let form = Form(name: "far.csv", text: "a1,class\n" + Self.lines { "\($0 == 33 ? "1e300" : "\($0 % 3)"),\(["p", "q"][$0 % 2])" })
        let own = try options(form)
        _ = try SequencePreparation(own, reading: reading(own)).write(to: path, command: "")
        // With a stored meaning whose scale the number is far out of.
        let near = try LabelledSequences(options(Form(name: "near.csv", text: "a1,class\n" + Self.lines { "\($0 % 3),\(["p", "q"][$0 % 2])" })), batchSize: 4, seed: 3)
        let meaning = try #require(near.meaning as? SequenceMeaning)
        let wanted = try #require(fault { _ = try LabelledSequences(own, batchSize: 4, seed: 3, meaning: meaning) })
        #expect("\(wanted)".contains("far.csv:35") && fault { _ = try self.prepared(own, meaning: meaning) } == wanted)
    }

    @Test("a damaged block is refused when the form is opened", arguments: forms)
    func damage(form: Form) throws {
        let options = try options(form)
        _ = try SequencePreparation(options, reading: reading(options)).write(to: path, command: "")
        var bytes = try Array(Data(contentsOf: URL(filePath: path)))
        for place in [4096, 4096 + 64, bytes.count / 2] where place < bytes.count {
            bytes[place] ^= 0x10
            let spoilt = try files.write(bytes, to: "spoilt.prepared")
            #expect(throws: DatasetError.self) { try prepared(options, at: spoilt).requireSound() }
            bytes[place] ^= 0x10
        }
    }

    @Test("descriptions that are corrupted at random, with their right SHA-256, are refused, or give batches", arguments: [forms[0], forms[3], forms[5]])
    func mutations(form: Form) throws {
        let options = try options(form)
        _ = try SequencePreparation(options, reading: reading(options)).write(to: path, command: "")
        let file = try SectionFile(path)
        let description = Array(file.about.serialized().utf8)
        let tokens = ["9223372036854775807", "-1", "0", "1", "{", "[]", "null", "\"text\"", "[1,2]", "false"].map { Array($0.utf8) }
        var (refusedCount, takenCount) = (0, 0)
        _ = try fuzz("mutations of prepared sequences", runCount: 1500) { mutator in
            // Each second time the integers in the sections are spoilt in place of the description.
            let spoilsNumbers = mutator.seed % 2 == 0
            guard let about = spoilsNumbers ? file.about : try? JSONValue.parse(mutator.spoilt(description, other: description, tokens: tokens)) else { return }
            let spoilt = files.path("spoilt.prepared")
            let writer = try SectionFileWriter(spoilt)
            try file.copy("numbers", Double.self, to: writer)
            try file.copy("texts", UInt8.self, to: writer)
            let names = ["starts", "lines", "columns", "targets", "labelsEnds", "namesEnds", "divisionsEnds"]
            let chosen = names[Int(mutator.seed / 2 % UInt64(names.count))]
            for name in names {
                try file.copy(name, Int.self, to: writer) { elements in
                    guard spoilsNumbers, name == chosen, !elements.isEmpty else { return }
                    let place = Int(mutator.seed / 16 % UInt64(elements.count))
                    elements[place] = [0, -1, 1, 3, Int.max, Int.min, 1 << 40, elements[place] + 1][Int(mutator.seed / 4 % 8)]
                }
            }
            try file.copy("targetNumbers", Double.self, to: writer)
            for name in ["labels", "names", "divisions"] { try file.copy(name, UInt8.self, to: writer) }
            _ = try writer.finish(about: about)
            do {
                let found = try prepared(options, at: spoilt)
                for part in DataPart.allCases { _ = found.batch(ofExamples: Array(0..<found.exampleCount(of: part)), in: part) }
                takenCount += 1
            } catch is DatasetError {
                refusedCount += 1
            } catch {
                Issue.record("seed \(mutator.seed): \(error)")
            }
        }
        #expect(refusedCount > 20 && takenCount > 0, "\(refusedCount) refused, \(takenCount) taken")
    }
}

extension String {
    /// As a field of a table.
    fileprivate var csv: String { "\"\(replacing("\"", with: "\"\""))\"" }
}
