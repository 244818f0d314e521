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

        @Test("UTF-16 and an image are recognised, with the command to convert them, unless the unit is bytes")
        func formats() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try folder.write([0xFF, 0xFE] + Work.prose.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "u.txt")
            try folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 2000), "p.txt")
            let wide = try folder.train(.text, "data.files=u.txt", into: "wide")
            let advice = "/u.txt is UTF-16 text, and not text in UTF-8. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 "
            #expect(wide.exitCode == 65 && wide.errorOutput.contains(advice), "\(wide)")
            let picture = try folder.train(.text, "data.files=p.txt", into: "picture")
            #expect(picture.exitCode == 65 && picture.errorOutput.contains("/p.txt is a PNG picture, and not text in UTF-8."), "\(picture)")
            let asBytes = try folder.train(.text, "data.files=p.txt", "data.unit=byte", "training.steps=2", into: "bytes")
            #expect(asBytes.exitCode == 0, "\(asBytes)")
        }
    }
}
