import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("typical texts of users")
    struct TextFileTests {
        private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

        @Test("a byte order mark changes nothing: not in the first file, not in a later one, not with --data, not in a prompt")
        func marks() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(Self.mark + Array(Work.prose.utf8), "marked.txt")
            try folder.train(.text, "data.files=text.txt,text.txt", into: "plain")
            try folder.train(.text, "data.files=marked.txt,marked.txt", into: "marked")
            #expect(try folder.weights("marked") == folder.weights("plain"))
            #expect(try folder.text("marked/vocabulary.json") == folder.text("plain/vocabulary.json"))
            let evaluated = try ["marked.txt", "text.txt"].map { try folder.run(.alone, "evaluate", "plain", "--data", $0, "--json") }
            #expect(evaluated[0].exitCode == 0 && evaluated[0].output.replacing("marked.txt", with: "text.txt") == evaluated[1].output, "\(evaluated)")
            let written = try ["\u{FEFF}the", "the"].map { try folder.run(.alone, "generate", "plain", "--prompt", $0, "--length", "20") }
            #expect(written[0].exitCode == 0 && written[0].output == written[1].output, "\(written)")
            let drawn = try folder.run(.alone, "gates", "plain", "--text", "\u{FEFF}the cat")
            #expect(drawn.exitCode == 0 && drawn.output.contains("over 7 time steps"), "\(drawn)")
        }

        @Test("a text and a table in UTF-16 with a mark train to the weights of the same in UTF-8, resume with it, and are judged and answered alike")
        func utf16() throws {
            let folder = try Folder()
            defer { folder.remove() }
            func wide(_ text: String) -> [UInt8] { [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }
            for work in [Work.text, .series] {
                try work.prepare(in: folder)
                let (name, text) = try #require(work.files.first)
                try folder.write(wide(text), "wide-" + name)
                try folder.train(work, into: "plain")
                try folder.train(work, "data.files=wide-\(name)", "training.steps=20", into: "wide")
                let resumed = try folder.run(.ranks(2), "\(work.name).json", "data.files=wide-\(name)", "--run-directory", "wide")
                #expect(resumed.exitCode == 0, "\(resumed)")
                #expect(try folder.weights("wide") == folder.weights("plain"))
                let evaluated = try ["wide-" + name, name].map { try folder.run(.alone, "evaluate", "plain", "--data", $0, "--json").output.replacing("wide-", with: "") }
                #expect(evaluated[0] == evaluated[1] && !evaluated[0].isEmpty)
                if work.name == "series" {
                    let answers = try ["wide-" + name, name].map { try folder.run(.alone, "predict", "plain", $0).output }
                    #expect(answers[0] == answers[1] && !answers[0].isEmpty)
                } else {
                    try folder.write(wide("the cat"), "prompt.txt")
                    try RefusalTests.expect(65, "the file is UTF-16. Convert it", in: folder, .alone, "predict", "plain", "prompt.txt")
                }
                try FileManager.default.removeItem(atPath: folder.path("plain"))
                try FileManager.default.removeItem(atPath: folder.path("wide"))
            }
        }

        @Test("documents train to the same weights on any ranks, in segments, with a resume, and are judged and continued from a zero state", arguments: ["character", "word"])
        func documents(unit: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let keys = ["documents.json", "data.unit=\(unit)", "data.document=blankLine"]
            try folder.write(
                #"{"data": {"kind": "text", "files": "documents.txt", "testFraction": 0.1}, "model": {"hidden": 9, "layers": 2}, "training": {"batch": 6, "steps": 30}}"#,
                "documents.json")
            let words = ["the cat", "a dog", "sat", "ran", "on the mat.", "under a tree,"]
            let texts = (0..<40).map { place in (0...place % 5).map { words[($0 * $0 + place) % 6] }.joined(separator: " ") + "\n\n" }
            try folder.write(texts.joined(), "documents.txt")
            for (launch, run, further) in [
                (Launch.alone, "whole", []), (.ranks(2), "run", ["training.steps=11"]), (.ranks(4), "run", []), (.alone, "segments", ["training.segmentLength=3"]),
            ] as [(Launch, String, [String])] {
                let result = try folder.run(launch, keys + further + ["--run-directory", run])
                try #require(result.exitCode == 0 && result.output.contains("40 documents"), "\(result)")
            }
            #expect(try folder.weights() == folder.weights("whole") && folder.weights("segments") == folder.weights("whole"))
            let evaluated = try [Launch.alone, .ranks(2)].map { try folder.run($0, "evaluate", "run", "--json").output }
            #expect(evaluated[0] == evaluated[1] && evaluated[0].contains("\"part\":\"test\""), "\(evaluated)")
            // One document alone is judged as it is: nothing before it matters.
            try folder.write(texts[7], "one.txt")
            try folder.write(texts[3] + texts[7] + texts[9], "three.txt")
            let alone = try folder.run(.alone, "evaluate", "run", "--data", "one.txt", "--json").output
            #expect(alone.contains("\"targets\":\(unit == "word" ? texts[7].split(separator: " ").count + 1 : texts[7].count - 1)"), "\(alone)")
            let written = try folder.run(.alone, "generate", "run", "--prompt", "the cat", "--length", "10")
            #expect(written.exitCode == 0, "\(written)")
            try RefusalTests.expect(
                78, "data.randomLength is true; it must be false with data.document", in: folder, .alone, arguments: keys + ["data.randomLength=true"])
        }

        @Test("UTF-16 without a mark and an image are recognised, with the command to convert them, unless the unit is bytes")
        func formats() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write(Work.prose.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "u.txt")
            try folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 2000), "p.txt")
            let wide = try folder.train(.text, "data.files=u.txt", into: "wide")
            let advice = "/u.txt is UTF-16 text without a byte order mark, little-endian, and not text in UTF-8. Convert it to UTF-8: iconv -f UTF-16LE -t UTF-8 "
            #expect(wide.exitCode == 65 && wide.errorOutput.contains(advice), "\(wide)")
            let picture = try folder.train(.text, "data.files=p.txt", into: "picture")
            #expect(picture.exitCode == 65 && picture.errorOutput.contains("/p.txt is a PNG picture, and not text in UTF-8."), "\(picture)")
            let asBytes = try folder.train(.text, "data.files=p.txt", "data.unit=byte", "training.steps=2", into: "bytes")
            #expect(asBytes.exitCode == 0, "\(asBytes)")
        }
    }
}
