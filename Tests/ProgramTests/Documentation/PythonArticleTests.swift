import Foundation
import PythonEnvironment
import Testing

extension ProgramTests {
    @Suite("the scripts of From Python")
    struct PythonArticleTests {
        @Test("each script runs as printed, one after the other, and says what it should", .enabled(if: Python.withNumpy != nil, Comment(rawValue: Python.missing)))
        func scripts() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let article = try #require(try Document.articles().first { $0.name == "FromPython.md" })
            let python = try #require(Python.withNumpy)
            var found: [String: [String]] = [:]
            for case .file(let name) in article.blocks.map(\.kind) {
                let block = try #require(article.blocks.first { if case .file(name) = $0.kind { true } else { false } })
                try folder.write(block.lines.joined(separator: "\n") + "\n", name)
                let command = Document(name: name, text: "```console\n$ '\(python)' \(name)\n```").blocks[0]
                let outcome = try #require(try ShellCommands(command).run(in: folder).first)
                #expect(outcome.exitCode == 0, "\(name): \(outcome.output.joined(separator: "\n"))")
                found[name] = outcome.output
            }
            #expect(found.keys.sorted() == ["folds.py", "search.py", "turns.py"])
            func value(_ script: String, _ words: String) throws -> String {
                let line = try #require(found[script]?.last { $0.hasPrefix(words) }, "\(script): \(found[script] ?? [])")
                return String(line.dropFirst(words.count).prefix { $0 != " " })
            }
            #expect(try #require(Double(try value("turns.py", "right answers: "))) > 0.97)
            #expect(try value("search.py", "best: ") == "16")
            #expect(try #require(Double(try value("folds.py", "accuracy: "))) > 0.97)
        }
    }
}
