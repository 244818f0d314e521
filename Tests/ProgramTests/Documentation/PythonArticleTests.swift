import Foundation
import PythonEnvironment
import Testing

extension ProgramTests {
    @Suite("the scripts of From Python")
    struct PythonArticleTests {
        private static let withNumpy = ["turns.py", "search.py", "folds.py"]
        private static let withPandas = ["frame.py", "optuna_search.py", "splits.py"]

        @Test("each script runs as printed, one after the other, and says what it should", .enabled(if: Python.withNumpy != nil, Comment(rawValue: Python.missing)))
        func scripts() throws {
            let found = try outputs(of: Self.withNumpy, with: try #require(Python.withNumpy))
            #expect(try #require(Double(try value("turns.py", "right answers: ", found))) > 0.97)
            #expect(try value("search.py", "best: ", found) == "16")
            #expect(try #require(Double(try value("folds.py", "accuracy: ", found))) > 0.97)
        }

        @Test("so do those with pandas, Optuna and scikit-learn", .enabled(if: Python.withPandas != nil, Comment(rawValue: Python.missingPandas)))
        func scriptsWithPandas() throws {
            // The search is over the settings of the first script.
            let found = try outputs(of: ["turns.py"] + Self.withPandas, with: try #require(Python.withPandas))
            #expect(try value("frame.py", "days: ", found) == "14")
            #expect(try #require(Double(try value("frame.py", "days: 14 mean absolute error: ", found))) < 1)
            #expect(try #require(Double(try value("optuna_search.py", "best loss: ", found))) < 0.2)
            #expect(try #require(Double(try value("splits.py", "accuracy: ", found))) > 0.9)
        }

        @Test("no script is left out")
        func all() throws {
            let article = try #require(try Document.articles().first { $0.name == "FromPython.md" })
            let names = article.blocks.compactMap { block -> String? in if case .file(let name) = block.kind { name } else { nil } }
            #expect(names.sorted() == (Self.withNumpy + Self.withPandas).sorted())
        }

        /// Runs scripts of the article in a folder, and returns the lines that each prints.
        private func outputs(of names: [String], with python: String) throws -> [String: [String]] {
            let folder = try Folder()
            defer { folder.remove() }
            let article = try #require(try Document.articles().first { $0.name == "FromPython.md" })
            var found: [String: [String]] = [:]
            for name in names {
                let block = try #require(article.blocks.first { if case .file(name) = $0.kind { true } else { false } })
                try folder.write(block.lines.joined(separator: "\n") + "\n", name)
                let command = Document(name: name, text: "```console\n$ '\(python)' \(name)\n```").blocks[0]
                let outcome = try #require(try ShellCommands(command).run(in: folder).first)
                #expect(outcome.exitCode == 0, "\(name): \(outcome.output.joined(separator: "\n"))")
                found[name] = outcome.output
            }
            return found
        }

        private func value(_ script: String, _ words: String, _ found: [String: [String]]) throws -> String {
            let line = try #require(found[script]?.last { $0.hasPrefix(words) }, "\(script): \(found[script] ?? [])")
            return String(line.dropFirst(words.count).prefix { $0 != " " })
        }
    }
}
