import Foundation
import Testing

extension ProgramTests {
    @Suite("the manual page")
    struct ManualTests {
        private static let groff = FileManager.default.isExecutableFile(atPath: "/usr/bin/groff")

        @Test("it has every command and option that --help shows, and the command that prints it is hidden")
        func contents() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let page = try folder.run(.alone, "manual").output
            #expect(page.hasPrefix(".TH \"LSTM\\-TRAIN\" 1 "))
            let help = try folder.run(.alone, "--help").output
            let listed = help.split(separator: "\n").drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { $0.hasPrefix("  ") }
            let verbs = listed.filter { !$0.hasPrefix("   ") }.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { $0 == $0.lowercased() }
            #expect(verbs.count >= 10 && verbs.contains("train") && !verbs.contains("manual"))
            for verb in verbs {
                #expect(page.contains("\n.SS \(verb.replacing("-", with: "\\-"))\n"))
                for word in try folder.run(.alone, verb, "--help").output.split(whereSeparator: { " \n,[]".contains($0) }) where word.hasPrefix("--") {
                    #expect(page.contains(word.replacing("-", with: "\\-")), "\(verb): \(word)")
                }
            }
            #expect(!page.contains("measure\\-group"))
        }

        @Test("groff formats it without a warning, with examples on separate lines", .enabled(if: groff, "groff is not here"))
        func roff() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(folder.run(.alone, "manual").output, "lstm-train.1")
            let groff = try folder.run(.alone, ["-man", "-ww", "-Tutf8", "-P-c", "lstm-train.1"], program: URL(filePath: "/usr/bin/groff"))
            #expect(groff.exitCode == 0 && groff.errorOutput.isEmpty, "\(groff)")
            #expect(groff.output.split(separator: "\n").contains { $0.hasSuffix("  lstm-train init play.txt                  write a configuration to begin with: play.json") })
        }
    }
}
