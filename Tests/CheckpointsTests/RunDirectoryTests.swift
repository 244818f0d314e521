import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Testing

@Suite("A run directory")
struct RunDirectoryTests {
    @Test("A second holder is told who holds it, and the lock is free again when the first goes")
    func lock() throws {
        let directory = try TemporaryDirectory()
        let run = RunDirectory(directory.path + "/run/")
        do {
            let held = try run.locked()
            let thrown = error { () throws(CheckpointError) in _ = try run.locked() }
            guard case .locked(held.directory.path, let holder)? = thrown else {
                Issue.record("\(String(describing: thrown))")
                return
            }
            #expect(holder.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on host "))
            #expect(thrown?.category == .locked && thrown?.category.rawValue == 73)
            #expect(thrown?.description.contains(holder) == true)
            try held.writeText("still mine", named: "note.txt")
        }
        _ = try run.locked()
    }

    @Test("A parent that may not be synchronized is another's and no hindrance; one whose disk fails is")
    func parent() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/run"
        _ = try RunDirectory(path).locked()
        func lock(failingWith code: Int32) throws {
            let fileSystem = FileSystem { (operation) throws(FileError) in
                if operation.path == directory.path { throw .system(operation: "open", path: operation.path, code: code) }
            }
            _ = try RunDirectory(path, fileSystem: fileSystem).locked()
        }
        for code in [EACCES, EPERM, EINVAL, EROFS] { try lock(failingWith: code) }
        #expect(throws: CheckpointError.file(.system(operation: "open", path: directory.path, code: EIO))) { try lock(failingWith: EIO) }
    }

    @Test("A lock file that a dead process left is taken over, whatever it says")
    func staleLock() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("lock", Array("process 4194304 on host gone, and much more text than the next holder will write\n".utf8))
        let held = try RunDirectory(directory.path).locked()
        let text = String(decoding: try bytes(of: path), as: UTF8.self)
        #expect(text.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on host ") && !text.contains("gone"))
        withExtendedLifetime(held) {}
    }

    @Test("What a lock file says can't reach the terminal's controls")
    func hostileLock() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file("lock", [0x1B] + Array("[31mred\u{7}\n".utf8) + [0xFF, 0x00] + [UInt8](repeating: 0x41, count: 5000))
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        guard case .locked(_, let holder)? = error(of: { () throws(CheckpointError) in _ = try RunDirectory(directory.path).locked() }) else {
            Issue.record("the lock was taken twice")
            return
        }
        #expect(holder.hasPrefix("[31mredAAA") && holder.utf8.allSatisfy { (32...126).contains($0) } && holder.utf8.count <= 256)
    }

    @Test("What dead writers left is cleared when the lock is taken, not by a reader, and all else stays")
    func leftovers() throws {
        var numbers = SeededGenerator.announced("leftovers")
        let directory = try TemporaryDirectory()
        let run = RunDirectory(directory.path)
        let saved = snapshot(step: 10, &numbers)
        _ = try run.locked().commit(saved)
        let checkpoints = directory.path + "/checkpoints/"
        let good = checkpoints + "step-00000010"
        // Two drafts, one half removed, one replaced whose successor is there, and one replaced whose successor never came.
        for name in [".writing-step-00000020-0", ".writing-step-00000020-1", ".removing-step-0", ".replaced-step-00000010"] {
            try FileManager.default.copyItem(atPath: good, toPath: checkpoints + name)
        }
        try FileManager.default.removeItem(atPath: checkpoints + ".removing-step-0/manifest.json")
        _ = try directory.file(".writing-config.json-0", [1])
        _ = try directory.file("mine.txt", [1])
        #expect(try run.checkpoints().map(\.step) == [10])
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints).count == 5)

        _ = try run.locked()
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints) == ["step-00000010"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["checkpoints", "lock", "mine.txt"])

        try FileManager.default.moveItem(atPath: good, toPath: checkpoints + ".replaced-step-00000010")
        #expect(try run.newestVerified().map { try Restored($0.checkpoint) } == Restored(saved))
        _ = try run.locked()
        #expect(try FileManager.default.contentsOfDirectory(atPath: checkpoints) == ["step-00000010"])
    }

    @Test("Texts come back as they were written; one that isn't there is nil, and one that isn't UTF-8 is refused")
    func texts() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory(directory.path).locked()
        for text in ["", "a", "größe\0\n", String(repeating: "x", count: 100_000)] {
            try run.writeText(text, named: "vocabulary.json")
            #expect(try run.directory.readText(named: "vocabulary.json") == text)
        }
        #expect(try run.directory.readText(named: "absent.json") == nil)
        let path = try directory.file("bad.json", [0x7B, 0xFF])
        let thrown = error { () throws(CheckpointError) in _ = try run.directory.readText(named: "bad.json") }
        #expect(thrown?.category == .damaged && thrown?.description.hasPrefix(path) == true)
    }

    @Test("The operating system's refusal names the operation, the path and its own text")
    func refusal() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.file("file", [])
        let thrown = error { () throws(CheckpointError) in _ = try RunDirectory(file + "/run").locked() }
        #expect(thrown == .file(.system(operation: "make directory", path: file, code: EEXIST)) || thrown?.category == .inputOutput)
        #expect(thrown?.category.rawValue == 74)
        #expect(thrown?.description.contains(file) == true && thrown?.description.contains("errno") == true)
    }
}

@Suite("Metrics")
struct MetricsTests {
    private func line(_ step: Int) -> JSONValue { .object(["step": .integer(step), "loss": .real(1 / Double(step + 1))]) }

    @Test("Lines are added at the end, across openings, and later steps are left out on resume")
    func resume() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory(directory.path).locked()
        do {
            var log = try run.openMetrics(goingOnFrom: 0)
            #expect(log.omission == MetricsLog.Omission())
            for step in [1, 2, 2, 3, 4] { try log.append(line(step)) }
            try log.synchronize()
        }
        do {
            var log = try run.openMetrics(goingOnFrom: 2)
            #expect(log.omission == MetricsLog.Omission(laterLineCount: 2, unreadableLineCount: 0))
            try log.append(line(5))
        }
        let text = try #require(try run.directory.readText(named: "metrics.jsonl"))
        #expect(text == [1, 2, 2, 5].map { line($0).serialized() + "\n" }.joined())
    }

    @Test("A line that a crash cut off, and one that is none, go; the good ones around them keep their bytes")
    func damaged() throws {
        let directory = try TemporaryDirectory()
        let good = ["{\"step\": 1,  \"x\":1.50}", "{ \"step\":2}"]
        let bad = ["", "\0\0\0", "[1]", "{\"loss\":1}", "{\"step\":1.5}", "{\"step\":\"1\"}", "{\"step\":1,\"step\":1}"]
        let path = try directory.file("metrics.jsonl", Array(([good[0]] + bad + [good[1], "{\"step\":2}"]).joined(separator: "\n").utf8))
        let log = try RunDirectory(directory.path).locked().openMetrics(goingOnFrom: 9)
        #expect(log.omission == MetricsLog.Omission(laterLineCount: 0, unreadableLineCount: bad.count + 1))
        #expect(try bytes(of: path) == Array((good.joined(separator: "\n") + "\n").utf8))
    }
}
