import Foundation
import ShellText
import Testing

@Suite("names and paths as shell words")
struct ShellWordTests {
    static let names = [
        "play.txt", "runs/a-b_c.1", "my text.txt", "it's.txt", "''", "\"quoted\"", "$HOME", "`id`", "a\\b", "~", "~/x", "*", "a;b", "a&b", "a|b", "<a>", "#a",
        "!a", "(a)", "{a,b}", "[a]", "é.txt", "日本.csv", "", " ", "a\nb", "a\tb'c\\d", "\u{1B}[31m", "-x", "--help", "a=b", "é\u{85}\u{7F}",
    ]

    @Test("bash reads each name back unchanged", arguments: names)
    func words(_ name: String) throws {
        #expect(try Self.echoed("printf '%s\\0' \(name.shellWord)") == name)
        #expect(!name.shellWord.contains("\n"))
    }

    @Test("a plain name is unchanged")
    func plain() {
        #expect("runs/a-b_c.1".shellWord == "runs/a-b_c.1" && "my text".shellWord == "'my text'" && "it's".shellWord == "'it'\\''s'")
        #expect("".shellWord == "''" && "a\nb".shellWord == "$'a\\012b'")
    }

    @Test("a path is neither an option nor a key with its value")
    func paths() {
        #expect("-x.json".shellPath == "./-x.json" && "a=b.json".shellPath == "./a=b.json" && "- a".shellPath == "'./- a'")
        #expect("runs/a=b".shellPath == "runs/a=b" && "./a=b".shellPath == "./a=b" && "/a=b".shellPath == "/a=b" && "a.json".shellPath == "a.json")
    }

    private static func echoed(_ command: String) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
