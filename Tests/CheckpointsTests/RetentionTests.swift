import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import Testing

@Suite("Retention")
struct RetentionTests {
    private func run(losses: [(step: Int, loss: Double?)], in directory: TemporaryDirectory) throws -> LockedRun {
        var numbers = SeededGenerator(seed: 3)
        let run = try RunDirectory(directory.path).locked()
        for (step, loss) in losses { _ = try run.commit(snapshot(step: step, loss: loss, &numbers)) }
        return run
    }

    @Test("The newest and the best stay, whatever the place of the best", arguments: 1...5, [10, 20, 30, 40, 50])
    func newestAndBest(count: Int, best: Int) throws {
        let directory = try TemporaryDirectory()
        let run = try run(losses: [10, 20, 30, 40, 50].map { ($0, $0 == best ? 1 : 2) }, in: directory)
        try run.keepNewest(count)
        let newest = [50, 40, 30, 20, 10].prefix(count)
        #expect(try run.directory.checkpoints().map(\.step) == newest + (newest.contains(best) ? [] : [best]))
        #expect(try run.directory.bestVerified()?.checkpoint.manifest.step == best)
        #expect(try run.directory.soundCheckpoints().best?.manifest.step == best)
    }

    @Test("Of equals the earlier is the best, NaN never is, and without losses there is no best")
    func whichIsBest() throws {
        let equal = try TemporaryDirectory()
        #expect(try run(losses: [(1, 3), (2, 1), (3, 1), (4, .nan), (5, nil)], in: equal).directory.bestVerified()?.checkpoint.manifest.step == 2)
        let infinite = try TemporaryDirectory()
        #expect(try run(losses: [(1, .nan), (2, .infinity)], in: infinite).directory.bestVerified()?.checkpoint.manifest.step == 2)
        let none = try TemporaryDirectory()
        let run = try run(losses: [(1, nil), (2, .nan), (3, nil)], in: none)
        #expect(try run.directory.bestVerified() == nil)
        #expect(try run.directory.soundCheckpoints().best == nil && run.directory.checkpointSteps() == [3, 2, 1])
        try run.keepNewest(1)
        #expect(try run.directory.checkpoints().map(\.step) == [3])
    }

    @Test("A checkpoint whose removal can't be put on disk keeps its name, and nothing half removed stays")
    func failedFlush() throws {
        let directory = try TemporaryDirectory()
        _ = try run(losses: [(10, 3), (20, 2), (30, 1)], in: directory)
        func copy(failingAt place: Int?) throws -> (run: LockedRun, injector: FaultInjector) {
            let path = directory.path + "-\(place ?? -1)"
            try FileManager.default.copyItem(atPath: directory.path, toPath: path)
            let injector = FaultInjector(at: place, .once)
            return (try RunDirectory(path, fileSystem: injector.fileSystem).locked(), injector)
        }
        let whole = try copy(failingAt: nil)
        try whole.run.keepNewest(1)
        let renaming = try #require(whole.injector.done.firstIndex { $0.kind == .rename })
        let failing = try copy(failingAt: renaming + 1)
        defer { for run in [whole.run, failing.run] { try? FileManager.default.removeItem(atPath: run.directory.path) } }
        #expect(throws: FaultInjector.error) { try failing.run.keepNewest(1) }
        #expect(try failing.run.directory.checkpoints().map(\.step) == [30, 20, 10])
        let names = try FileManager.default.contentsOfDirectory(atPath: failing.run.directory.path + "/checkpoints")
        #expect(names.allSatisfy { !$0.hasPrefix(".") }, "\(names)")
    }

    @Test("A damaged checkpoint takes no good one's place")
    func damaged() throws {
        let directory = try TemporaryDirectory()
        let run = try run(losses: [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)], in: directory)
        try write([], to: directory.path + "/checkpoints/step-00000005/weights.safetensors")
        try FileManager.default.removeItem(atPath: directory.path + "/checkpoints/step-00000002/manifest.json")
        try run.keepNewest(2)
        #expect(try run.directory.checkpoints().map(\.step) == [5, 4, 3, 1])
        #expect(try run.directory.newestVerified()?.checkpoint.manifest.step == 4)
    }

    @Test("When all are damaged nothing is removed")
    func allDamaged() throws {
        let directory = try TemporaryDirectory()
        let run = try run(losses: [(1, 1), (2, 2)], in: directory)
        for step in 1...2 { try write([], to: directory.path + "/checkpoints/step-0000000\(step)/weights.safetensors") }
        try run.keepNewest(1)
        #expect(try run.directory.checkpoints().map(\.step) == [2, 1])
    }

    @Test("Later steps go when a run starts from an earlier one on purpose")
    func discardLater() throws {
        let directory = try TemporaryDirectory()
        let run = try run(losses: [(1, 1), (2, 2), (3, 3)], in: directory)
        try run.discardCheckpoints(after: 1)
        #expect(try run.directory.checkpoints().map(\.step) == [1])
    }

    @Test("Steps beyond eight digits keep their order")
    func longSteps() throws {
        let directory = try TemporaryDirectory()
        let run = try run(losses: [(99_999_999, nil), (100_000_000, nil)], in: directory)
        #expect(try run.directory.checkpoints().map(\.step) == [100_000_000, 99_999_999])
    }
}
