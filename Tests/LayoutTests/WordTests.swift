import Foundation
import Testing

@Suite("Words of one room")
struct WordTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    @Test("what an optimizer is called, and what it remembers, is written only where it is defined and configured", arguments: ["Adam", "Moment", "firstMoment", "SGD"])
    func optimizers(word: String) throws {
        for path in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path) where path.hasSuffix(".swift") {
            guard !path.hasPrefix("Optimization/"), !path.hasPrefix("Configuration/") else { continue }
            let lines = try String(contentsOf: Self.sources.appending(path: path), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.contains(word) { Issue.record("\(path):\(index + 1) says \(word)") }
        }
    }
}
