import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Synchronization
import Testing

@Suite("The background writer")
struct BackgroundWriterTests {
    private func fill(_ target: inout CheckpointSnapshot, from source: CheckpointSnapshot) {
        target.progress = source.progress
        target.copy(weights: source.weights.span)
        for (index, state) in source.optimizerStates.enumerated() { target.copy(optimizerState: state.span, at: index) }
        target.copy(streams: source.streams.span)
    }

    @Test("Each save holds what was copied in for it, and the memory is used again")
    func saves() throws {
        var numbers = SeededGenerator.announced("saves")
        let directory = try TemporaryDirectory()
        let run = try RunDirectory(directory.path).locked()
        let snapshots = (1...5).map { snapshot(step: $0, loss: Double(10 - $0), &numbers) }
        let writer = BackgroundWriter(run: run, snapshot: snapshot(step: 0, &numbers), keptCount: 2)
        var places: Set<UInt> = []
        for (index, saved) in snapshots.enumerated() {
            let earlier = try writer.submit { target in
                fill(&target, from: saved)
                places.insert(target.weights.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) })
            }
            #expect(earlier?.manifest.step == (index == 0 ? nil : index))
        }
        #expect(try writer.finish()?.manifest.step == 5)
        #expect(try writer.finish() == nil)
        #expect(places.count == 1)
        #expect(try run.directory.checkpoints().map(\.step) == [5, 4])
        #expect(try run.directory.newestVerified().map { try Restored($0.checkpoint) } == Restored(snapshots[4]))
    }

    @Test("The caller goes on while a save is written, and what it changes meanwhile doesn't reach the save")
    func goesOn() throws {
        var numbers = SeededGenerator.announced("goesOn")
        let directory = try TemporaryDirectory()
        let door = Door()
        let fileSystem = FileSystem { (operation) throws(FileError) in
            if operation.kind == .create && operation.path.contains("weights") { door.pass() }
        }
        let run = try RunDirectory(directory.path, fileSystem: fileSystem).locked()
        let writer = BackgroundWriter(run: run, snapshot: snapshot(step: 0, &numbers), keptCount: 1)
        let original = snapshot(step: 1, &numbers)
        var training = original
        try writer.submit { fill(&$0, from: training) }
        // The writer stands at the door: this line is reached only because submit doesn't wait for it.
        #expect(try run.directory.checkpoints().isEmpty)
        let zeros = [Float](repeating: 0, count: training.weights.count)
        training.copy(weights: zeros.span)
        for index in optimizerStateNames.indices { training.copy(optimizerState: zeros.span, at: index) }
        door.open()
        try writer.finish()
        #expect(try run.directory.newestVerified().map { try Restored($0.checkpoint) } == Restored(original))
    }

    @Test("The metrics' lines are on disk before a checkpoint has its name, so that a power cut loses none of the steps before it")
    func metricsFirst() throws {
        var numbers = SeededGenerator.announced("metricsFirst")
        let directory = try TemporaryDirectory()
        let operations = Mutex<[FileOperation]>([])
        let run = try RunDirectory(directory.path, fileSystem: FileSystem { (operation) in operations.withLock { $0.append(operation) } }).locked()
        var metrics = try run.openMetrics(goingOnFrom: -1)
        try metrics.append(.object(["step": .integer(1)]))
        let writer = BackgroundWriter(run: run, snapshot: snapshot(step: 0, &numbers), keptCount: 1)
        let saved = snapshot(step: 1, &numbers)
        try writer.submit { fill(&$0, from: saved) }
        try writer.finish()
        let made = operations.withLock { $0 }
        let write = try #require(made.lastIndex { $0.kind == .write && $0.path.hasSuffix("/metrics.jsonl") })
        let flush = try #require(made[write...].firstIndex { $0.kind == .synchronize && $0.path.hasSuffix("/metrics.jsonl") })
        let name = try #require(made.firstIndex { $0.kind == .rename && $0.destination?.hasSuffix("/step-00000001") == true })
        #expect(flush < name)
    }

    @Test("A save's error is thrown once, by whichever comes next, and the one after succeeds")
    func failure() throws {
        var numbers = SeededGenerator.announced("failure")
        for throughFinish in [true, false] {
            let directory = try TemporaryDirectory()
            let door = Door()
            let run = try RunDirectory(
                directory.path,
                fileSystem: FileSystem { (operation) throws(FileError) in
                    if operation.kind == .write && operation.path.contains("optimizer") && !door.isOpen { throw FaultInjector.refusal }
                }
            ).locked()
            let writer = BackgroundWriter(run: run, snapshot: snapshot(step: 0, &numbers), keptCount: 1)
            let saved = snapshot(step: 7, &numbers)
            try writer.submit { fill(&$0, from: saved) }
            var filled = false
            #expect(throws: FaultInjector.error) { _ = throughFinish ? try writer.finish() : try writer.submit { _ in filled = true } }
            #expect(!filled)
            #expect(try run.directory.checkpoints().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/checkpoints").isEmpty)
            door.open()
            #expect(try writer.submit { fill(&$0, from: saved) } == nil)
            #expect(try writer.finish()?.manifest.step == 7)
        }
    }
}
