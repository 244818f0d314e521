import Foundation
import Testing

/// The files outside of the room Configuration that may ask for the kind of data: the factory, and `init`.
private let askers = ["Runs/Sources/Configuration+Source.swift", "lstm-train/InitCommand.swift"]

@Suite("The kind of data")
struct DataKindTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// Names of the kinds that are no usual words, so that they stand for nothing else.
    private static func unusualNames() throws -> [String] {
        let text = try String(contentsOf: sources.appending(path: "Configuration/DataKind.swift"), encoding: .utf8)
        let declaration = try #require(text.range(of: "enum DataKind"))
        let end = try #require(text.range(of: "\n    }", range: declaration.upperBound..<text.endIndex))
        let names = text[declaration.upperBound..<end.lowerBound].matches(of: /\n\s+case (\w+)/).map { String($0.1) }
        try #require(names.count >= 6 && names.contains("textWindows"))
        return names.filter { $0.contains(where: \.isUppercase) }
    }

    /// The places of `text` that mention a kind of data: lines, from 1. Comments and texts for the user may.
    static func mentions(in text: String, unusualNames: [String]) -> [Int] {
        let words = ["DataKind", "data.kind", "Configuration(kind:", "DataSettings(kind:"] + unusualNames.flatMap { [".\($0)", "\"\($0)\""] }
        var isInLongText = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let code = line.trimmingCharacters(in: .whitespaces)
            let quotes = code.components(separatedBy: "\"\"\"").count - 1
            defer { if quotes % 2 == 1 { isInLongText.toggle() } }
            guard !isInLongText, !code.hasPrefix("//") else { return nil }
            let isMentioned = words.contains { word in
                guard let place = code.range(of: word) else { return false }
                let next = code[place.upperBound...].first
                // "data.kindName" is only a name for messages; an odd number of quotes before it is a text for the user.
                let isWhole = word.hasSuffix(":") || word.hasSuffix("\"") || !(next.map { $0.isLetter || $0.isNumber } ?? false)
                return isWhole && (word.hasPrefix("\"") || code[..<place.lowerBound].filter { $0 == "\"" }.count % 2 == 0)
            }
            return isMentioned ? index + 1 : nil
        }
    }

    @Test("no file outside of Configuration, the factory of data sources and init mentions a kind of data")
    func onlyTheFactoryAsks() throws {
        let names = try Self.unusualNames()
        var askersFound: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path) where path.hasSuffix(".swift") && !path.hasPrefix("Configuration/") {
            let lines = Self.mentions(in: try String(contentsOf: Self.sources.appending(path: path), encoding: .utf8), unusualNames: names)
            if askers.contains(path) {
                if !lines.isEmpty { askersFound.insert(path) }
            } else {
                for line in lines { Issue.record("\(path):\(line) asks for the kind of data; ask the dataset, its source or its task instead") }
            }
        }
        #expect(askersFound == Set(askers))
    }

    @Test("a file that asks for the kind of data is found", arguments: [
        "switch configuration.data.kind {", "if data.kind == .series { }", "let kinds = Configuration.DataKind.allCases", "guard kind != .textWindows else { return }",
        "let plain = Configuration(kind: .adding)", "if name == \"temporalOrder\" { }",
    ])
    func isFound(line: String) throws {
        #expect(Self.mentions(in: "import Configuration\n    " + line + "\n", unusualNames: try Self.unusualNames()) == [2])
    }

    @Test("comments and messages may mention it", arguments: ["/// The run's `data.kind`.", "case .x(let kind): \"a model of data.kind \\(kind)\"", "data.kindName"])
    func isAllowed(line: String) throws {
        #expect(Self.mentions(in: line, unusualNames: try Self.unusualNames()).isEmpty)
    }
}
