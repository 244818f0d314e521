import Foundation
import Testing

extension ProgramTests {
    /// Checks that documented commands give the documented output.
    @Suite("commands and output in the documents", .serialized)
    struct DocumentationTests {
        @Test("each command runs as printed, and prints the shown output", arguments: try Document.all())
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

        @Test("blocks that aren't run give a reason, in more than one word")
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

        @Test("most blocks of the articles are run")
        func share() throws {
            let blocks = try Document.articles().flatMap(\.blocks).filter(\.isForShell)
            let runCount = blocks.count { $0.reason == nil }
            #expect(runCount > blocks.count / 2, "\(runCount) of \(blocks.count)")
        }

        /// Writes the files of a user in a clone: a text, a table and a configuration.
        private static func furnish(_ folder: Folder) throws {
            for name in ["launch", "configs"] {
                try FileManager.default.createSymbolicLink(at: folder.url.appending(path: name), withDestinationURL: Document.project.appending(path: name))
            }
            try folder.write(String(repeating: Work.prose, count: 10), "play.txt")
            try folder.write(shop, "shop.csv")
            try folder.write(#"{"data": {"kind": "embeddedReber", "trainingExamples": 400}, "model": {"hidden": 8}, "training": {"epochs": 1}}"#, "config.json")
        }

        /// A thousand days of a shop's sales, as the awk script in "Your own data" writes them.
        private static let shop: String = {
            let rows = (0..<1000).map { day in
                let visitors = 200 + (day % 7 > 4 ? 60 : 0) + day * 37 % 41
                return String(format: "%d,%d,%.6g,%d", day, day % 7, Double(visitors * (30 + day * 17 % 13)) / 100, visitors)
            }
            return (["day,weekday,sales,visitors"] + rows).joined(separator: "\n") + "\n"
        }()

        /// Runs a block. Paths in the output are replaced as if the user Ada ran it in her home folder.
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
