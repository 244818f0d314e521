import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Testing

/// A run is the directory that was locked, whatever happens to its name.
@Suite("A run that is held")
struct HeldRunTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let manager = FileManager.default

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/run"
    }

    private func names(_ path: String) throws -> [String] { try manager.contentsOfDirectory(atPath: path).sorted() }

    @Test("One whose directory is renamed goes on writing in it, and leaves the run that takes its name alone")
    func renamed() throws {
        var numbers = SeededGenerator.announced("renamed")
        let first = try RunDirectory(path).locked()
        var metrics = try first.openMetrics(goingOnFrom: -1)
        _ = try first.commit(snapshot(step: 10, &numbers))
        let elsewhere = directory.path + "/renamed"
        try manager.moveItem(atPath: path, toPath: elsewhere)
        let second = try RunDirectory(path).locked()
        let others = snapshot(step: 10, &numbers)
        _ = try second.commit(others)
        try second.writeText("the second's", named: "config.json")
        try write([], to: path + "/STOP")
        let before = try DiskImage(of: path)

        let saved = snapshot(step: 20, &numbers)
        let committed = try first.commit(saved)
        #expect(committed.path == elsewhere + "/checkpoints/step-00000020" && first.presentPath == elsewhere)
        try first.keepNewest(1)
        try first.writeText("the first's", named: "config.json")
        try first.publishText("the first's", named: "metrics.prom")
        try metrics.append(.object(["step": .integer(20)]))
        _ = try first.openEvents(goingOnFrom: -1, wallTime: 1)
        try first.discardCheckpoints(after: 30)
        #expect(!first.stopIsRequested)
        try first.clearStopRequest()
        #expect(try first.directory.newestVerified().map { try Restored($0.checkpoint) } == Restored(saved))
        #expect(try first.directory.readText(named: "config.json") == "the first's")

        #expect(try DiskImage(of: path) == before)
        #expect(try names(elsewhere + "/checkpoints") == ["step-00000020"])
        #expect(try names(elsewhere) == ["checkpoints", "config.json", "events.out.tfevents.1", "lock", "metrics.jsonl", "metrics.prom"])
        #expect(try RunDirectory(path).newestVerified().map { try Restored($0.checkpoint) } == Restored(others))
    }

    @Test("A second is kept out where the lock file was removed, and the first goes on")
    func lockFileRemoved() throws {
        var numbers = SeededGenerator(seed: 1)
        let first = try RunDirectory(path).locked()
        try manager.removeItem(atPath: path + "/lock")
        let thrown = error { () throws(CheckpointError) in _ = try RunDirectory(path).locked() }
        #expect(thrown == .locked(path: path, holder: "another process") && thrown?.category.rawValue == 73)
        _ = try first.commit(snapshot(step: 1, &numbers))
        #expect(try names(path) == ["checkpoints"])
    }

    @Test("Where the lock file was replaced nothing more is written")
    func lockFileReplaced() throws {
        var numbers = SeededGenerator(seed: 1)
        let first = try RunDirectory(path).locked()
        _ = try first.commit(snapshot(step: 1, &numbers))
        try manager.removeItem(atPath: path + "/lock")
        try write(Array("another's".utf8), to: path + "/lock")
        try write([], to: path + "/STOP")
        let before = try DiskImage(of: path)
        let saved = snapshot(step: 2, &numbers)
        let changes: [() throws -> Void] = [
            { _ = try first.commit(saved) }, { try first.keepNewest(1) }, { try first.discardCheckpoints(after: 0) }, { try first.writeText("", named: "a") },
            { try first.publishText("", named: "a") }, { try first.clearStopRequest() }, { _ = try first.openMetrics(goingOnFrom: -1) },
            { _ = try first.openEvents(goingOnFrom: -1, wallTime: 1) }, { try first.requireHeld() },
        ]
        for change in changes { #expect(throws: CheckpointError.lockLost(path: path)) { try change() } }
        #expect(CheckpointError.lockLost(path: path).category.rawValue == 73)
        #expect(try DiskImage(of: path) == before)
    }

    @Test("Where the lock file is replaced while a checkpoint is written, the checkpoint takes nobody's place")
    func lockFileReplacedMeanwhile() throws {
        var numbers = SeededGenerator(seed: 1)
        let path = path
        let fileSystem = FileSystem { (operation) throws(FileError) in
            guard operation.kind == .create, operation.path.hasSuffix("/manifest.json") else { return }
            try? FileManager.default.removeItem(atPath: path + "/lock")
            try? write([], to: path + "/lock")
        }
        let first = try RunDirectory(path, fileSystem: fileSystem).locked()
        #expect(throws: CheckpointError.lockLost(path: path)) { _ = try first.commit(snapshot(step: 1, &numbers)) }
        #expect(try RunDirectory(path).checkpoints().isEmpty)
    }

    @Test("One whose directory was removed says so, and makes nothing where it was")
    func removed() throws {
        var numbers = SeededGenerator(seed: 1)
        let first = try RunDirectory(path).locked()
        try manager.removeItem(atPath: path)
        #expect(throws: CheckpointError.runRemoved(path: path)) { _ = try first.commit(snapshot(step: 1, &numbers)) }
        #expect(!manager.fileExists(atPath: path))
        let second = try RunDirectory(path).locked()
        #expect(throws: CheckpointError.runRemoved(path: path)) { try first.writeText("the first's", named: "config.json") }
        #expect(try names(path) == ["checkpoints", "lock"])
        withExtendedLifetime(second) {}
    }

    @Test("A checkpoint is known as the run's by whatever names the two are called")
    func otherNames() throws {
        var numbers = SeededGenerator(seed: 1)
        let run = try RunDirectory(path).locked()
        _ = try run.commit(snapshot(step: 1, &numbers))
        try manager.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: "run")
        try manager.copyItem(atPath: path, toPath: path + "-2")
        let checkpoint = "/checkpoints/step-00000001"
        for name in ["/run", "//run", "/run/.", "/run-2/../run", "/link", "/link/"] {
            #expect(run.directory.holds(try StoredCheckpoint.open(directory.path + name + checkpoint)), "\(name)")
            #expect(RunDirectory(directory.path + name).holds(try StoredCheckpoint.open(path + checkpoint)), "\(name)")
        }
        for name in ["/run-2", "/run/../run-2"] { #expect(!run.directory.holds(try StoredCheckpoint.open(directory.path + name + checkpoint)), "\(name)") }
    }
}

@Suite("What others put into a run directory")
struct UnknownFilesTests {
    @Test("names that only begin like unfinished ones, directories under them, and files in a checkpoint that is removed, stay")
    func stay() throws {
        var numbers = SeededGenerator(seed: 1)
        let directory = try TemporaryDirectory()
        let checkpoints = directory.path + "/checkpoints/"
        let manager = FileManager.default
        let run = RunDirectory(directory.path)
        _ = try run.locked().commit(snapshot(step: 1, &numbers))
        let own = [
            "/.writing-notes.txt", "/.writing-novel-2/chapter", "/checkpoints/.writing-thesis-1/chapter", "/checkpoints/.removing-me",
            "/checkpoints/.replaced-by-me/x", "/checkpoints/.replaced-step-1/x", "/checkpoints/step-00000001/notes.txt",
        ]
        for name in own {
            let parent = (directory.path + name as NSString).deletingLastPathComponent
            try manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try write([1], to: directory.path + name)
        }
        let locked = try run.locked()
        _ = try locked.commit(snapshot(step: 2, &numbers))
        try locked.keepNewest(1)
        #expect(try run.checkpoints().map(\.step) == [2])
        for name in own.dropLast() { #expect(try bytes(of: directory.path + name) == [1], "\(name)") }
        #expect(try bytes(of: checkpoints + ".removing-step-0/notes.txt") == [1])
        #expect(try manager.contentsOfDirectory(atPath: checkpoints + ".removing-step-0") == ["notes.txt"])
    }

    @Test("a directory STOP requests nothing and stays, with what is in it")
    func stopDirectory() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path + "/STOP", withIntermediateDirectories: true)
        let file = try directory.file("STOP/notes.txt", [1])
        let run = try RunDirectory(directory.path).locked()
        #expect(!run.stopIsRequested)
        try run.clearStopRequest()
        #expect(try bytes(of: file) == [1])
    }
}
