import Foundation
import Testing

extension ProgramTests {
    @Suite("the documentation catalogues")
    struct CatalogueTests {
        private static var hasDocc: Bool {
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/docc") }
        }

        @Test("launch/docs builds them, and docc has no warnings", .enabled(if: hasDocc, "docc is not on PATH; it comes with Swift's toolchains"))
        func builds() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let script = Document.project.appending(path: "launch/docs").path
            let block = Document(name: "catalogue", text: "```sh\nDOCUMENTATION=$PWD/documentation '\(script)'\n```").blocks[0]
            let outcome = try #require(try ShellCommands(block).run(in: folder).first)
            #expect(outcome.exitCode == 0, "\(outcome.output.joined(separator: "\n"))")
            for catalogue in [Document.manual, Document.library] {
                let root = catalogue.deletingPathExtension().lastPathComponent.lowercased()
                let pages = folder.names(in: "documentation/documentation/\(root)")
                for article in try Document.articles(of: catalogue) {
                    let page = article.name.dropLast(".md".count).lowercased()
                    #expect(page == root ? pages.contains("index.html") : pages.contains(page), "\(article.name): \(pages)")
                }
            }
        }

        @Test("the program in Models in Swift is the example that is compiled and run")
        func example() throws {
            let example = try String(contentsOf: Document.project.appending(path: "Tests/LibraryExample/Sources/LibraryExample/main.swift"), encoding: .utf8)
            let article = try #require(try Document.articles().first { $0.name == "ModelsInSwift.md" })
            #expect(article.blocks.contains { $0.lines.joined(separator: "\n") + "\n" == example })
        }

        @Test("each landing page links to each article", arguments: [Document.manual, Document.library])
        func landing(_ catalogue: URL) throws {
            let name = catalogue.deletingPathExtension().lastPathComponent + ".md"
            let landing = try String(contentsOf: catalogue.appending(path: name), encoding: .utf8)
            for article in try Document.articles(of: catalogue) where article.name != name {
                #expect(landing.contains("](\(article.name))"), "\(article.name)")
            }
        }
    }
}
