import Foundation
import Testing

extension ProgramTests {
    @Suite("the documentation catalogue")
    struct CatalogueTests {
        private static var hasDocc: Bool {
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/docc") }
        }

        @Test("launch/docs builds it, and docc warns of nothing", .enabled(if: hasDocc, "docc is not on PATH; it comes with Swift's toolchains"))
        func builds() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let script = Document.project.appending(path: "launch/docs").path
            let block = Document(name: "catalogue", text: "```sh\nDOCUMENTATION=$PWD/documentation '\(script)'\n```").blocks[0]
            let outcome = try #require(try ShellCommands(block).run(in: folder).first)
            #expect(outcome.exitCode == 0, "\(outcome.output.joined(separator: "\n"))")
            let pages = folder.names(in: "documentation/documentation/lstmtraining")
            for article in try Document.articles() {
                let page = article.name.dropLast(".md".count).lowercased()
                #expect(page == "lstmtraining" ? pages.contains("index.html") : pages.contains(page), "\(article.name): \(pages)")
            }
        }

        @Test("the program in Models in Swift is the example that is compiled and run")
        func example() throws {
            let example = try String(contentsOf: Document.project.appending(path: "Tests/LibraryExample/Sources/LibraryExample/main.swift"), encoding: .utf8)
            let article = try #require(try Document.articles().first { $0.name == "ModelsInSwift.md" })
            #expect(article.blocks.contains { $0.lines.joined(separator: "\n") + "\n" == example })
        }

        @Test("the landing page names each article")
        func landing() throws {
            let landing = try String(contentsOf: Document.catalogue.appending(path: "LSTMTraining.md"), encoding: .utf8)
            for article in try Document.articles() where article.name != "LSTMTraining.md" {
                #expect(landing.contains("<doc:\(article.name.dropLast(".md".count))>"), "\(article.name)")
            }
        }
    }
}
