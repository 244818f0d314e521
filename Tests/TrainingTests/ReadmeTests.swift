import Configuration
import Foundation
import Testing
import Training

@Suite("README and the manual")
struct ReadmeTests {
    private static let manual = "Sources/lstm-train/Manual.docc"
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: project.appending(path: folder).path()).filter { !$0.hasPrefix(".") }
    }

    @Test("the manual's table of keys is the program's own")
    func keyTable() throws {
        let table = try text(of: "\(Self.manual)/Configuration.md", from: "<!-- keys -->\n", to: "<!-- /keys -->")
        #expect(table == Configuration.keyTableMarkdown(), "lstm-train schema --markdown prints it")
    }

    @Test("each file in configs is named in the manual")
    func configurationFiles() throws {
        let article = try String(contentsOf: Self.project.appending(path: "\(Self.manual)/ExampleConfigurations.md"), encoding: .utf8)
        let names = try Self.names(in: "configs").filter { $0.hasSuffix(".json") }
        #expect(!names.isEmpty)
        for name in names { #expect(article.contains("`configs/\(name)`"), "\(name)") }
    }

    @Test("README's configuration for a text is valid as printed, and has six lines")
    func ownText() throws {
        let example = try text(of: "README.md", from: "```json\n", to: "```")
        let configuration = try Configuration.parse(Array(example.utf8), name: "README.md")
        #expect(configuration.data.kind == .text && configuration.data.files == ["play.txt"])
        #expect(example.split(separator: "\n").count == 6)
    }

    @Test("each room in Sources is named in README and in the manual", arguments: ["README.md", "\(manual)/TheCode.md"])
    func rooms(_ document: String) throws {
        let table = try text(of: document, from: "## Rooms\n", to: "\n## ")
        let rooms = try Self.names(in: "Sources")
        #expect(!rooms.isEmpty)
        for room in rooms { #expect(table.contains("`\(room)`"), "\(room)") }
    }

    /// The text between the first `opening` and the next `closing`.
    private func text(of document: String, from opening: String, to closing: String) throws -> String {
        let text = try String(contentsOf: Self.project.appending(path: document), encoding: .utf8)
        let begin = try #require(text.range(of: opening), "\(document) lacks \(opening)").upperBound
        let end = try #require(text.range(of: closing, range: begin..<text.endIndex), "\(document) lacks \(closing)").lowerBound
        return String(text[begin..<end])
    }
}
