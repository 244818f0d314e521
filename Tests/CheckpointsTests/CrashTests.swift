import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("A commit that is interrupted")
struct CrashTests {
    /// A run with checkpoints of steps 10 (the best) and 20, built once; each case works on a copy.
    private struct Base {
        let directory: TemporaryDirectory
        let old: Restored
        let best: Restored
        let saved: CheckpointSnapshot

        /// - Parameter step: of the new checkpoint; 20 replaces the old one.
        init(savingStep step: Int, _ numbers: inout SeededGenerator) throws {
            directory = try TemporaryDirectory(inMemory: true)
            let run = try RunDirectory(directory.path + "/base").locked()
            let first = snapshot(step: 10, loss: 1, &numbers)
            let second = snapshot(step: 20, loss: 2, &numbers)
            (best, old) = (Restored(first), Restored(second))
            _ = try run.commit(first)
            _ = try run.commit(second)
            saved = snapshot(step: step, loss: 3, &numbers)
        }

        func copy() throws -> String {
            let path = directory.path + "/" + UUID().uuidString
            try FileManager.default.copyItem(atPath: directory.path + "/base", toPath: path)
            return path
        }

        /// Saves as the program does: commit, then retention.
        func save(in path: String, through injector: FaultInjector) throws {
            let run = try RunDirectory(path, fileSystem: injector.fileSystem).locked()
            _ = try run.commit(saved)
            try run.keepNewest(1)
        }

        /// How many changes a save makes when nothing stops it.
        func operationCount() throws -> Int {
            let injector = FaultInjector()
            try save(in: copy(), through: injector)
            return injector.done.count
        }

        /// The newest is the old or the new one, whole, and the best is there, before the lock is taken and after; then saving works again.
        func expectOldOrNew(in path: String, _ what: String) throws {
            let run = RunDirectory(path)
            let new = Restored(saved)
            for _ in 0..<2 {
                let recovery = try #require(try run.newestVerified(), "\(what)")
                let restored = try Restored(recovery.checkpoint)
                #expect(restored == old || restored == new, "\(what)")
                #expect(recovery.skippedCheckpoints.isEmpty, "\(what): \(recovery.skippedCheckpoints)")
                #expect(try run.bestVerified().map { try Restored($0.checkpoint) } == best, "\(what)")
                _ = try run.locked()
            }
            #expect(try leftovers(in: path).isEmpty, "\(what)")
            try save(in: path, through: FaultInjector())
            #expect(try run.newestVerified().map { try Restored($0.checkpoint) } == new, "\(what)")
            #expect(try run.checkpoints().map(\.step) == [saved.progress.step, 10], "\(what)")
        }

        func leftovers(in path: String) throws -> [String] {
            try (FileManager.default.contentsOfDirectory(atPath: path) + FileManager.default.contentsOfDirectory(atPath: path + "/checkpoints"))
                .filter { $0.hasPrefix(".") }
        }
    }

    @Test("Killed at any of its changes it leaves the old one or the new one, never none", arguments: [20, 30])
    func death(step: Int) throws {
        var numbers = SeededGenerator.announced("death")
        let base = try Base(savingStep: step, &numbers)
        let operationCount = try base.operationCount()
        #expect(operationCount > 20)
        for place in 0..<operationCount {
            let path = try base.copy()
            let injector = FaultInjector(at: place)
            #expect(throws: FaultInjector.error) { try base.save(in: path, through: injector) }
            #expect(injector.done.count == place)
            try base.expectOldOrNew(in: path, "killed at change \(place) of \(operationCount)")
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test("An error of the disk at any of its changes is reported, and leaves the old one or the new one and no draft", arguments: [20, 30])
    func transient(step: Int) throws {
        var numbers = SeededGenerator.announced("transient")
        let base = try Base(savingStep: step, &numbers)
        for place in 0..<(try base.operationCount()) {
            let path = try base.copy()
            #expect(throws: FaultInjector.error) { try base.save(in: path, through: FaultInjector(at: place, .once)) }
            #expect(try base.leftovers(in: path).allSatisfy { !$0.hasPrefix(".writing") }, "change \(place)")
            try base.expectOldOrNew(in: path, "error at change \(place)")
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test("A text is the old or the new one, wherever its writing was killed")
    func texts() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let (old, new) = ("{\"old\": 1}\n", "{\"new\": \"größer\"}\n")
        var place = 0
        while true {
            let path = directory.path + "/\(place)"
            try RunDirectory(path).locked().writeText(old, named: "config.json")
            let injector = FaultInjector(at: place)
            let run = RunDirectory(path, fileSystem: injector.fileSystem)
            do {
                try run.locked().writeText(new, named: "config.json")
                break
            } catch {
                #expect(error == FaultInjector.error)
            }
            _ = try RunDirectory(path).locked()
            let found = try RunDirectory(path).readText(named: "config.json")
            #expect(found == old || found == new, "change \(place)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["checkpoints", "config.json", "lock"])
            place += 1
        }
        #expect(place > 3)
    }
}
