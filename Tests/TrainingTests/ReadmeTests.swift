import Foundation
import Testing
import Training

@Suite("README")
struct ReadmeTests {
    private var project: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    private func readme() throws -> String {
        try String(contentsOf: project.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("the table between the markers is the program's own table of keys")
    func keyTable() throws {
        #expect(try text(between: "<!-- keys -->\n", and: "<!-- /keys -->") == Configuration.keyTableMarkdown(), "lstm-train schema --markdown prints it")
    }

    @Test("each file in configs is named")
    func configurationFiles() throws {
        let readme = try readme()
        let names = try FileManager.default.contentsOfDirectory(atPath: project.appending(path: "configs").path()).filter { $0.hasSuffix(".json") }
        #expect(!names.isEmpty)
        for name in names { #expect(readme.contains("`configs/\(name)`"), "\(name)") }
    }

    @Test("the configuration for one's own text is taken as it is printed, and has six lines")
    func ownText() throws {
        let example = try text(between: "```json\n", and: "```")
        let configuration = try Configuration.parse(Array(example.utf8), name: "README.md")
        #expect(configuration.data.kind == .text && configuration.data.files == ["play.txt"])
        #expect(example.split(separator: "\n").count == 6)
    }

    @Test("each room in Sources is named in the tour")
    func rooms() throws {
        let tour = try text(between: "## A tour of the rooms\n", and: "\n## ")
        let rooms = try FileManager.default.contentsOfDirectory(atPath: project.appending(path: "Sources").path()).filter { !$0.hasPrefix(".") }
        #expect(!rooms.isEmpty)
        for room in rooms { #expect(tour.contains("`\(room)`"), "\(room)") }
    }

    /// What stands between the first `opening` and the next `closing`.
    private func text(between opening: String, and closing: String) throws -> String {
        let readme = try readme()
        let begin = try #require(readme.range(of: opening), "README.md lacks \(opening)").upperBound
        let end = try #require(readme.range(of: closing, range: begin..<readme.endIndex), "README.md lacks \(closing)").lowerBound
        return String(readme[begin..<end])
    }
}
