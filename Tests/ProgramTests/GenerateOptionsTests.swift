import Foundation
import Testing

extension ProgramTests {
    @Suite("generate's options")
    struct GenerateOptionsTests {
        private func trained(_ work: Work = .text) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            try folder.train(work)
            return folder
        }

        private func generate(_ folder: Folder, _ arguments: String...) throws -> String {
            let result = try ProgramRun(.alone, ["generate", "run"] + arguments, in: folder).finish()
            try #require(result.exitCode == 0, "\(result)")
            return result.output
        }

        @Test("several samples are those of fewer, each under its number, and the first is the text without the option", arguments: [Work.text, .windows])
        func samples(work: Work) throws {
            let folder = try trained(work)
            defer { folder.remove() }
            let filters = ["--prompt", "the cat", "--length", "30", "--top-k", "9", "--top-p", "0.95", "--typical", "0.9", "--repetition-penalty", "1.1", "--seed", "5"]
            func samples(_ count: Int) throws -> String {
                let result = try ProgramRun(.alone, ["generate", "run", "--samples", "\(count)"] + filters, in: folder).finish()
                try #require(result.exitCode == 0, "\(result)")
                return result.output
            }
            let (one, three, four) = (try samples(1), try samples(3), try samples(4))
            #expect(three.hasPrefix("--- sample 1 ---\n\(one)--- sample 2 ---\nthe cat"))
            #expect(four.hasPrefix(three + "--- sample 4 ---\nthe cat"))
            #expect(three.utf8.count == 3 * (17 + 7 + 30 + 1))
        }

        @Test("a prompt is read from a file or standard input, without the line end at its end")
        func promptFile() throws {
            let folder = try trained()
            defer { folder.remove() }
            let wanted = try generate(folder, "--prompt", "the cat", "--length", "20")
            for (name, text) in [("plain.txt", "the cat"), ("line.txt", "the cat\n"), ("marked.txt", "\u{FEFF}the cat\r\n")] {
                try folder.write(text, name)
                #expect(try generate(folder, "--prompt-file", name, "--length", "20") == wanted, "\(name)")
            }
            let program = try ProgramRun.built("lstm-train").path
            let piped = try folder.run(
                .alone, ["-c", "printf 'the cat' | $P generate run --prompt-file - --length 20"], program: URL(filePath: "/bin/sh"), environment: ["P": program])
            #expect(piped.exitCode == 0 && piped.output == wanted, "\(piped)")
        }

        @Test("a prompt file that can't be used is refused, and options that contradict each other")
        func refusals() throws {
            let folder = try trained()
            defer { folder.remove() }
            for (name, text) in [("empty.txt", ""), ("end.txt", "\n"), ("unknown.txt", "the X"), ("long.txt", String(repeating: "a", count: 1 << 20 + 1))] {
                try folder.write(text, name)
            }
            try Data([0x74, 0xFF]).write(to: folder.url.appending(path: "bytes.txt"))
            func expect(_ code: Int32, _ words: String, _ arguments: String...) throws {
                try RefusalTests.expect(code, words, in: folder, .alone, arguments: ["generate", "run"] + arguments)
            }
            try expect(66, "absent.txt", "--prompt-file", "absent.txt")
            try expect(65, "empty.txt", "--prompt-file", "empty.txt")
            try expect(65, "end.txt: the prompt has no symbol", "--prompt-file", "end.txt")
            try expect(65, "unknown.txt: 'X' (U+0058), symbol 5 of the text", "--prompt-file", "unknown.txt")
            try expect(65, "long.txt: the prompt has more than 1048576 bytes", "--prompt-file", "long.txt")
            try expect(65, "bytes.txt: the prompt isn't UTF-8", "--prompt-file", "bytes.txt")
            try expect(64, "--prompt and --prompt-file both say", "--prompt-file", "end.txt", "--prompt", "a")
            try expect(64, "--prompt-file is empty; name a file", "--prompt-file", "")
            try expect(64, "--top-k has no effect with --temperature 0", "--top-k", "5", "--temperature", "0")
            try expect(64, "--samples is 0; it must be from 1 to 1000000.", "--samples", "0")
        }
    }
}
