import Foundation
import Testing

extension ProgramTests {
    /// What is printed for users is what happens.
    @Suite("what the documents print", .serialized)
    struct DocumentationTests {
        @Test("each command runs as it is printed, and prints what is shown", arguments: try Document.all())
        func commands(_ document: Document) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.furnish(folder)
            for block in document.blocks where block.reason == nil {
                switch block.kind {
                case .file(let name): try folder.write(block.lines.joined(separator: "\n") + "\n", name)
                case .shell, .console: try Self.run(block, of: document, in: folder)
                case .text: break
                }
            }
        }

        @Test("what isn't run says why, in more than a word")
        func reasons() throws {
            for document in try Document.all() {
                #expect(document.faults.isEmpty, "\(document.name): \(document.faults.joined(separator: "\n"))")
                for block in document.blocks where block.isForShell {
                    guard let reason = block.reason else { continue }
                    print("not run: \(document.name):\(block.line): \(reason)")
                    #expect(reason.contains(" "), "\(document.name):\(block.line)")
                }
            }
        }

        @Test("most of what the articles print is run")
        func share() throws {
            let blocks = try Document.articles().flatMap(\.blocks).filter(\.isForShell)
            let runCount = blocks.count { $0.reason == nil }
            #expect(runCount > blocks.count / 2, "\(runCount) of \(blocks.count)")
        }

        /// What a user has who stands in a clone: a text, a table and a configuration.
        private static func furnish(_ folder: Folder) throws {
            for name in ["launch", "configs"] {
                try FileManager.default.createSymbolicLink(at: folder.url.appending(path: name), withDestinationURL: Document.project.appending(path: name))
            }
            try folder.write(String(repeating: Work.prose, count: 10), "play.txt")
            try folder.write(shop, "shop.csv")
            try folder.write(#"{"data": {"kind": "embeddedReber", "trainingExamples": 400}, "model": {"hidden": 8}, "training": {"epochs": 1}}"#, "config.json")
        }

        /// A thousand days of a shop, as "Your own data" lets awk write them.
        private static let shop: String = {
            let rows = (0..<1000).map { day in
                let visitors = 200 + (day % 7 > 4 ? 60 : 0) + day * 37 % 41
                return String(format: "%d,%d,%.6g,%d", day, day % 7, Double(visitors * (30 + day * 17 % 13)) / 100, visitors)
            }
            return (["day,weekday,sales,visitors"] + rows).joined(separator: "\n") + "\n"
        }()

        /// What is shown of paths is as if the user Ada stood in her home.
        private static func run(_ block: Block, of document: Document, in folder: Folder) throws {
            let place = "\(document.name):\(block.line)"
            let shell = ShellCommands(block)
            let outcomes = try shell.run(in: folder).map { $0.moved(from: folder.url.path, to: "/home/ada") }
            #expect(outcomes.count == shell.commands.count, "\(place): not all commands came to their end")
            for (number, (command, outcome)) in zip(shell.commands, outcomes).enumerated() {
                let isAsked = number + 1 < shell.commands.count && shell.commands[number + 1].text == "echo $?"
                #expect(outcome.exitCode == 0 || isAsked, "\(place): \(command.text) ended with \(outcome.exitCode)\n\(outcome.output.joined(separator: "\n"))")
                guard case .console = block.kind else { continue }
                let difference = ShownOutput(command.shown).difference(from: outcome.output)
                #expect(difference == nil, "\(place): \(command.text): \(difference ?? "")")
            }
        }
    }
}
