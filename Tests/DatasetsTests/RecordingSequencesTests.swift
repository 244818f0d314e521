import Audio
import Batches
import Datasets
import Files
import Foundation
import StrictJSON
import Testing

@Suite("Sequences that are recordings", .enabled(if: isAudioAvailable))
struct RecordingSequencesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    private static let rate = 8000

    /// A WAV file of 16 bits with a tone.
    private static func tone(_ frequency: Double, milliseconds: Int = 100, rate: Int = rate) -> [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let samples = (0..<rate * milliseconds / 1000).map { Int16(8000 * sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
        let dataCount = UInt32(samples.count * 2)
        return Array("RIFF".utf8) + bytes(36 + dataCount) + Array("WAVEfmt ".utf8) + bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(rate))
            + bytes(UInt32(rate * 2)) + bytes(UInt16(2)) + bytes(UInt16(16)) + Array("data".utf8) + bytes(dataCount) + samples.flatMap { bytes($0) }
    }

    private func audio(_ column: String, mels: Int = 20) throws -> AudioOptions {
        var frontEnd = FrontEnd()
        (frontEnd.rate, frontEnd.windowLength, frontEnd.hopLength, frontEnd.transformLength) = (Self.rate, 200, 80, 256)
        (frontEnd.bandCount, frontEnd.highFrequency) = (mels, 4000)
        return try AudioOptions(column: column, frontEnd: frontEnd)
    }

    private func options(
        _ paths: [String], target: SequenceTargetKind = .class, label: String, column: String = "file", unit: TranscriptUnit = .character, division: SequenceDivision? = nil
    ) throws -> SequenceOptions {
        SequenceOptions(
            files: paths, target: target, label: label, split: try SplitFractions(), division: division, transcriptUnit: unit, audio: try audio(column))
    }

    private func read(_ options: SequenceOptions) throws -> LabelledSequences { try LabelledSequences(options, batchSize: 4, seed: 1) }

    /// A batch of all sequences.
    private func batch(_ sequences: LabelledSequences) -> Batch {
        sequences.batch(ofExamples: Array(0..<sequences.exampleCount(of: .training)), in: .training)
    }

    private func writeTones() throws {
        for (name, frequency) in [("a_1.wav", 300.0), ("a_2.wav", 320), ("b_1.wav", 1500), ("b_2.wav", 1600)] { _ = try files.write(Self.tone(frequency), to: name) }
    }

    @Test("a table, JSON Lines as NeMo's manifests, and the files themselves give the same sequences")
    func forms() throws {
        try writeTones()
        let names = ["a_1", "a_2", "b_1", "b_2"]
        let table = "sound,label\n" + names.map { "\($0).wav,\($0.replacing("_", with: " "))\n" }.joined()
        let tabs = "label\tsound\n" + names.map { "\($0.replacing("_", with: " "))\t\(files.path($0 + ".wav"))\n" }.joined()
        let lines = names.map { #"{"audio_filepath": "\#($0).wav", "text": "\#($0.replacing("_", with: " "))", "duration": 0.1}"# + "\n" }.joined()
        let found = try [
            read(options([files.write(table, to: "x.csv")], target: .transcript, label: "label", column: "sound", unit: .word)),
            read(options([files.write(tabs, to: "x.tsv")], target: .transcript, label: "label", column: "sound", unit: .word)),
            read(options([files.write(lines, to: "x.jsonl")], target: .transcript, label: "text", column: "audio_filepath", unit: .word)),
            read(options(names.map { files.path($0 + ".wav") }, target: .transcript, label: "name", unit: .word)),
        ]
        for one in found {
            #expect(one.featureNames == (1...20).map { "mel \($0)" } && one.longestTimeCount == 11)
            #expect((one.meaning as? SequenceMeaning)?.classes == ["1", "2", "a", "b"])
            #expect(batch(one).inputs == batch(found[0]).inputs && batch(one).target == batch(found[0]).target)
        }
        #expect(found[3].place(ofExample: 1, in: .training) == "sequence 1 of a_2.wav")
    }

    @Test("a part of a recording is read by offset and duration")
    func segments() throws {
        _ = try files.write(Self.tone(300, milliseconds: 500), to: "long.wav")
        _ = try files.write(Self.tone(300, milliseconds: 100), to: "short.wav")
        let lines = """
            {"wav": "long.wav", "y": "p", "offset": 0, "duration": 0.1}
            {"wav": "long.wav", "y": "q", "offset": 0.25, "duration": 0.2}
            {"wav": "long.wav", "y": "p", "offset": 0.3}
            {"wav": "short.wav", "y": "q", "duration": 0.01}

            """
        let found = try read(options([files.write(lines, to: "x.jsonl")], label: "y", column: "wav"))
        #expect((0..<4).map { found.timeCount(ofExample: $0, in: .training) } == [11, 21, 21, 11])
        let table = "wav,y,offset,duration\nlong.wav,p,0,0.1\nlong.wav,q,0.25,0.2\nlong.wav,p,0.3,\nshort.wav,q,,\n"
        #expect(try batch(read(options([files.write(table, to: "x.csv")], label: "y", column: "wav"))).inputs == batch(found).inputs)
        for (name, faulty, place) in [
            ("n.csv", "wav,y,offset\nlong.wav,p,0.1\nlong.wav,q,2s\n", "n.csv:3:12: column 'offset' is \"2s\" here"),
            ("d.csv", "wav,y,offset,duration\nlong.wav,p,0,nan\n", "d.csv:2:14: column 'duration'"),
            ("n.jsonl", #"{"wav": "long.wav", "y": "p", "offset": "1"}"#, "n.jsonl:1:41: the field 'offset' is no number of seconds"),
        ] {
            let path = try files.write(faulty, to: name)
            let error = #expect(throws: DatasetError.self) { try read(options([path], label: "y", column: "wav")) }
            #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
        }
        let outside = try files.write(#"{"wav": "short.wav", "y": "p", "offset": 0, "duration": 0.1}"# + "\n" + #"{"wav": "short.wav", "y": "q", "offset": 3}"#, to: "y.jsonl")
        #expect(throws: DatasetError.self) { try read(options([outside], label: "y", column: "wav")) }
    }

    @Test("the folder of a recording may be its class or its group")
    func folders() throws {
        var paths: [String] = []
        for folder in ["cat", "dog"] {
            try FileManager.default.createDirectory(atPath: files.path(folder), withIntermediateDirectories: true)
            for name in ["x", "y", "z"] { paths.append(try files.write(Self.tone(folder == "cat" ? 300 : 900), to: "\(folder)/\(name).wav")) }
        }
        #expect(try (read(options(paths, label: "folder")).meaning as? SequenceMeaning)?.classes == ["cat", "dog"])
        var grouped = try options(paths, label: "name", division: .group("folder"))
        grouped.split = try SplitFractions(validation: 0.5)
        let divided = try read(grouped)
        #expect(divided.exampleCount(of: .training) == 3 && divided.exampleCount(of: .validation) == 3)
    }

    @Test("a recording to predict needs no label, whatever the run's files are")
    func predicted() throws {
        try writeTones()
        let table = try files.write("sound,label\na_1.wav,a\na_2.wav,a\nb_1.wav,b\nb_2.wav,b\n", to: "x.csv")
        let trained = try options([table], label: "label", column: "sound")
        let meaning = try #require(try read(trained).meaning as? SequenceMeaning)
        let rows = try SequenceInputs(TableFile(path: files.path("b_1.wav")), options: trained, meaning: meaning)
        #expect(rows.count == 1 && rows.labels == nil && rows.timeCount(ofRow: 0) == 11)
        #expect(try SequenceInputs(TableFile(path: table), options: trained, meaning: meaning).count == 4)
        let all = try SequenceInputs(TableFile(path: table), options: trained, meaning: meaning).batch(ofRows: 2..<3)
        #expect(rows.batch(ofRows: 0..<1).inputs == all.inputs)
    }

    @Test("stored features are read from NumPy's, HTK's and Sphinx's files")
    func stored() throws {
        func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        let numbers: [Float] = [1, 2, 3, 4, 5, 6]
        let words = numbers.flatMap { big($0.bitPattern) }
        _ = try files.write(NumpyArray(numbers, shape: [3, 2]).bytes, to: "a.npy")
        _ = try files.write(big(3) + big(100_000) + [0, 8, 0, 9] + words, to: "a.htk")
        _ = try files.write(big(6) + words, to: "a.mfc")
        _ = try files.write([6, 0, 0, 0] + numbers.flatMap { big($0.bitPattern).reversed() }, to: "b.mfc")
        var frontEnd = FrontEnd()
        (frontEnd.features, frontEnd.coefficientCount) = (.stored, 2)
        func read(_ name: String, twin: String? = nil) throws -> LabelledSequences {
            let list = try files.write("file,y\n\(name),p\n\(twin ?? name),q\n", to: "list.csv")
            let options = SequenceOptions(
                files: [list], label: "y", split: try SplitFractions(), audio: try AudioOptions(column: "file", frontEnd: frontEnd))
            return try LabelledSequences(options, batchSize: 2, seed: 1)
        }
        let array = try read("a.npy")
        #expect(array.featureNames == ["feature 1", "feature 2"] && array.longestTimeCount == 3)
        for name in ["a.htk", "a.mfc", "b.mfc"] { #expect(try batch(read(name)).inputs == batch(array).inputs, "\(name)") }
        _ = try files.write(NumpyArray([Float.nan, 1], shape: [1, 2]).bytes, to: "nan.npy")
        _ = try files.write(NumpyArray(numbers, shape: [1, 2, 3]).bytes, to: "cube.npy")
        _ = try files.write(NumpyArray(numbers, shape: [2, 3]).bytes, to: "wide.npy")
        _ = try files.write(Array(words.dropLast()), to: "cut.mfc")
        _ = try files.write(big(3) + big(100_000) + [0, 8, 4, 9] + words, to: "packed.htk")
        for name in ["nan.npy", "cube.npy", "cut.mfc", "packed.htk", "none.npy"] { #expect(throws: DatasetError.self, "\(name)") { try read(name) } }
        #expect(throws: DatasetError.self) { try read("a.npy", twin: "wide.npy") }
        #expect(throws: DatasetError.self) { try AudioOptions(column: "file", frontEnd: frontEnd, changes: [.speed(percent: 90)]) }
    }

    @Test("copies at other speeds and with noise are for training alone, and the same in every reading")
    func copies() throws {
        try writeTones()
        _ = try files.write(Self.tone(700), to: "c_1.wav")
        let list = try files.write("f,y,part\na_1.wav,a,train\na_2.wav,a,train\nb_1.wav,b,train\nb_2.wav,b,validation\nc_1.wav,a,test\n", to: "x.csv")
        var options = try options([list], label: "y", column: "f", division: .part("part"))
        let plain = try read(options)
        options.audio = try AudioOptions(column: "f", frontEnd: try #require(options.audio).frontEnd, changes: [.speed(percent: 50), .whiteNoise(decibels: 20)], seed: 3)
        let found = try read(options)
        #expect(found.exampleCount(of: .training) == 9 && found.exampleCount(of: .validation) == 1 && found.exampleCount(of: .test) == 1)
        #expect((0..<9).map { found.timeCount(ofExample: $0, in: .training) } == [11, 11, 11, 21, 11, 21, 11, 21, 11])
        #expect(found.description.contains("5 sequences of 11 steps") && found.place(ofExample: 3, in: .training) == "line 2, changed")
        #expect(plain.exampleCount(of: .training) == 3)
        let again = try read(options)
        #expect(batch(again) == batch(found) && again.fingerprint == found.fingerprint)
        // The targets of copies are the recording's.
        #expect((3..<5).map { found.batch(ofExamples: [$0], in: .training).target } == Array(repeating: found.batch(ofExamples: [0], in: .training).target, count: 2))
        let reading = PreparedReading(kind: "sequences", settings: [], sources: [PreparedSource(key: "data.files", path: list)])
        _ = try SequencePreparation(options, reading: reading).write(to: files.path("prepared"), command: "lstm-train prepare x.json")
        let mapped = try LabelledSequences(options, prepared: files.path("prepared"), reading: reading, batchSize: 4, seed: 1)
        #expect(batch(mapped).inputs == batch(found).inputs && mapped.fingerprint == found.fingerprint)
    }

    @Test("what was prepared is what was read")
    func prepared() throws {
        try writeTones()
        let paths = ["a_1", "a_2", "b_1", "b_2"].map { files.path($0 + ".wav") }
        let options = try options(paths, label: "name")
        let reading = PreparedReading(kind: "sequences", settings: [], sources: paths.map { PreparedSource(key: "data.files", path: $0) })
        _ = try SequencePreparation(options, reading: reading).write(to: files.path("prepared"), command: "lstm-train prepare x.json")
        let mapped = try LabelledSequences(options, prepared: files.path("prepared"), reading: reading, batchSize: 4, seed: 1)
        let direct = try read(options)
        #expect(batch(mapped).inputs == batch(direct).inputs && mapped.fingerprint == direct.fingerprint)
    }

    @Test("faults are refused with the line that names the recording, and settings that don't go together with their key")
    func refusals() throws {
        _ = try files.write(Array(Self.tone(300).dropLast(7)), to: "cut.wav")
        _ = try files.write("a text", to: "text.wav")
        func refusal(_ line: String, _ label: String = "y") throws -> String {
            let path = try files.write("{\"wav\": \"good.wav\", \"y\": \"a\"}\n" + line, to: "x.jsonl")
            do { _ = try read(options([path], label: label, column: "wav")) } catch { return "\(error)" }
            return ""
        }
        _ = try files.write(Self.tone(300), to: "good.wav")
        #expect(try refusal(#"{"wav": "cut.wav", "y": "a"}"#).contains("x.jsonl:2:9: \(files.path("cut.wav")): it ends early"))
        #expect(try refusal(#"{"wav": "text.wav", "y": "a"}"#).contains("it can't be read as audio"))
        #expect(try refusal(#"{"wav": "none.wav", "y": "a"}"#).contains("x.jsonl:2:9: \(files.path("none.wav")) can't be read: No such file"))
        #expect(try refusal(#"{"wav": 3, "y": "a"}"#).contains("is no path"))
        #expect(try refusal(#"{"y": "a"}"#).contains("has no column 'wav'"))
        let cut = files.path("cut.wav")
        for (label, words) in [("y", "\"name\" or \"folder\""), ("name", "it ends early")] {
            do {
                _ = try read(options([cut], label: label))
                Issue.record("\(label) was read")
            } catch { #expect("\(error)".contains(words), "\(error)") }
        }
        #expect(throws: DatasetError.self) { try audio("x", mels: 200) }
        var frontEnd = FrontEnd()
        frontEnd.transformLength = 256
        #expect(throws: DatasetError.self) { try AudioOptions(column: "x", frontEnd: frontEnd) }
    }
}
