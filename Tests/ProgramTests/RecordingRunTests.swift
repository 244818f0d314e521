import Audio
import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("recordings", .enabled(if: isAudioAvailable))
    struct RecordingRunTests {
        /// Each word is a tone of 60 ms, with silence behind it.
        private static func recording(_ words: [String], number: Int) -> [UInt8] {
            func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
            var samples: [Int16] = []
            for word in words {
                let frequency = word == "low" ? 400.0 : 1900
                samples += (0..<480).map { Int16(6000 * sin(2 * Double.pi * (frequency + Double(number)) * Double($0) / 8000)) } + Array(repeating: 0, count: 240)
            }
            let byteCount = UInt32(samples.count * 2)
            return Array("RIFF".utf8) + bytes(36 + byteCount) + Array("WAVEfmt ".utf8) + bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(8000))
                + bytes(UInt32(16_000)) + bytes(UInt16(2)) + bytes(UInt16(16)) + Array("data".utf8) + bytes(byteCount) + samples.flatMap { bytes($0) }
        }

        private static func words(_ number: Int) -> [String] { (0..<2 + number % 3).map { (number * 5 + $0 * $0 + $0 * number / 2) % 2 == 0 ? "low" : "high" } }

        private static let spoken = Work(
            name: "spoken",
            configuration: """
                {"data": {"kind": "sequences", "files": "waves/*.wav", "audio": "file", "sampleRate": 8000, "hopMilliseconds": 20, "mels": 12, "target": "transcript",
                  "transcriptUnit": "word", "label": "name", "validationFraction": 0.2, "speeds": [90], "noises": [20]},
                 "model": {"layers": [{"type": "lstm", "hidden": 9, "bidirectional": true}]},
                 "training": {"batch": 8, "steps": 80}, "optimizer": {"learningRate": 0.03}}
                """)

        private func prepare(_ folder: Folder) throws {
            try Self.spoken.prepare(in: folder)
            for number in 0..<24 {
                let words = Self.words(number)
                try folder.write(Self.recording(words, number: number), "waves/\(words.joined(separator: "_"))_\(number).wav".replacing("_\(number).", with: String(repeating: "_", count: number + 1) + "."))
            }
        }

        @Test("ranks, threads and the prepared form change no bit, and predict reads recordings, also from standard input")
        func sameBits() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try prepare(folder)
            let whole = try folder.train(Self.spoken, into: "whole")
            try #require(whole.exitCode == 0, "\(whole)")
            #expect(whole.output.contains("24 sequences of 10 to 19 steps"), "\(whole)")
            let ranks = try folder.train(Self.spoken, "parallelism.threads=3", on: .ranks(2))
            try #require(ranks.exitCode == 0, "\(ranks)")
            #expect(try folder.weights() == folder.weights("whole"))
            let made = try folder.run(.alone, "prepare", "spoken.json", "--output", "spoken.prepared")
            try #require(made.exitCode == 0, "\(made)")
            let prepared = try folder.train(Self.spoken, "data.prepared=spoken.prepared", into: "prepared")
            #expect(try prepared.exitCode == 0 && folder.weights("prepared") == folder.weights("whole"), "\(prepared)")
            let other = try folder.train(Self.spoken, "training.seed=2", "data.prepared=spoken.prepared", into: "other")
            #expect(other.exitCode == 78 && other.errorOutput.contains("training.seed"), "\(other)")
            try folder.write(Self.recording(["low", "high", "high"], number: 3), "new/a.wav")
            try folder.write(Self.recording(["high", "low"], number: 5), "new/b.wav")
            let answers = try [1, 2].map { try folder.run(Launch($0), "predict", "run", "new").output }
            #expect(answers[0] == answers[1] && answers[0].hasPrefix("file,row,transcript,logProbability,steps\n"), "\(answers[0])")
            #expect(answers[0].contains("a.wav,1,low high high,") && answers[0].contains("b.wav,1,high low,"), "\(answers[0])")
            try folder.write("{\"file\": \"new/b.wav\"}\n", "list.jsonl")
            let listed = try folder.run(.alone, "predict", "run", "list.jsonl")
            #expect(listed.output.contains("1,high low,"), "\(listed)")
            let exported = try folder.run(.alone, "export", "run", "--format", "pytorch", "--output", "export")
            #expect(try exported.exitCode == 0 && folder.text("export/README.md").contains("A recording of 8000 samples a second becomes"), "\(exported)")
        }

        @Test("init finds recordings by their names, by their folders and in a list, and its configuration trains")
        func initialised() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try prepare(folder)
            for number in 0..<8 {
                try folder.write(Self.recording(["low"], number: number), "tones/low/\(number).wav")
                try folder.write(Self.recording(["high"], number: number), "tones/high/\(number).wav")
            }
            let rows = (0..<8).flatMap { number in ["low", "high"].map { "tones/\($0)/\(number).wav,\($0)\n" } }
            try folder.write("path,label\n" + rows.joined(), "list.csv")
            for (arguments, name, words) in [
                (["waves"], "waves", "\"label\": \"name\""), (["tones/*/*.wav", "--output", "tones.json"], "tones", "\"label\": \"folder\""),
                (["list.csv"], "list", "\"audio\": \"path\""),
            ] {
                let made = try ProgramRun(.alone, ["init"] + arguments, in: folder).finish()
                try #require(made.exitCode == 0, "\(made)")
                #expect(try folder.text("\(name).json").contains(words) && folder.text("\(name).json").contains("\"sampleRate\": 8000"))
                let trained = try folder.run(.alone, "\(name).json", "training.epochs=1")
                #expect(trained.exitCode == 0, "\(trained)")
            }
        }

        @Test("settings that don't go with recordings are refused, and a cut recording with its name")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try prepare(folder)
            for (setting, message) in [
                ("data.columns=x", "data.columns is set; it must be left out"), ("data.mels=300", "no frequency of a transform of 256 points"),
                ("data.highFrequency=5000", "at most half of data.sampleRate, 4000.0"), ("data.label=words", "\"name\" or \"folder\""), ("data.fftSize=100", "at least data.windowMilliseconds's 200"),
            ] {
                try RefusalTests.expect(78, message, in: folder, .alone, "spoken.json", setting)
            }
            try folder.write(Array(Self.recording(["low"], number: 1).dropLast(3)), "waves/low_low.wav")
            try RefusalTests.expect(65, "waves/low_low.wav: it ends early", in: folder, .alone, "spoken.json")
        }
    }
}
