import Foundation
import NumberText
import Testing

@Suite("words of a shell")
struct ShellQuotingTests {
    @Test("a shell reads back what was quoted", arguments: ["a b", "it's", "$HOME", "", "*", "ä", "a\nb", "\"q\"", "a;b", "~"])
    func roundTrip(text: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf %s " + shellQuoted(text)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == text)
        #expect(shellQuoted(text) != text)
    }

    @Test("plain words stay as they are")
    func plain() {
        for text in ["runs/play-2", "optimizer.learningRate=0.01", "a,b", "--resume"] { #expect(shellQuoted(text) == text) }
    }
}
