import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness

/// Every change that one process after another makes to a run, with what they may rely on from each moment on.
///
/// The run is a real one and its directory too; ``visitImages(without:atMost:_:_:)`` then cuts the power after any change.
final class RecordedHistory {
    /// Looks at a run after a power cut: nil, or what is wrong.
    typealias Expectation = (RunDirectory) throws -> String?

    private let directory: TemporaryDirectory
    private let imageDirectory: TemporaryDirectory
    private let record: ChangeRecord
    private var expectations: [(from: Int, holds: Expectation)] = [(0, { _ in nil })]
    /// Crashes before this change are another history's.
    private(set) var firstCrash = 0
    /// Crashes that had as many images as are tried, or more.
    private(set) var boundedCrashCount = 0

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        imageDirectory = try TemporaryDirectory(inMemory: true)
        record = ChangeRecord(root: directory.path)
    }

    var runPath: String { directory.path + "/runs/a" }
    var changes: [ChangeRecord.Change] { record.changes }

    /// A process that takes the run and does `work`, until the fault.
    func process(stoppingAt place: Int? = nil, _ fault: FaultInjector.Fault = .death, doing work: (LockedRun) throws -> Void) throws {
        let fileSystem = record.fileSystem(through: FaultInjector(at: place, fault))
        defer { record.noteContent() }
        do {
            try work(RunDirectory(runPath, fileSystem: fileSystem).locked())
        } catch let error as CheckpointError where error == FaultInjector.error {}
    }

    /// From now on a power cut leaves what `holds` finds right.
    func expect(_ holds: @escaping Expectation) { expectations.append((changes.count, holds)) }

    /// Only crashes from now on are looked at.
    func beginCrashes() { firstCrash = changes.count }
}

extension RecordedHistory {
    /// Cuts the power after each change, the last first, and gives `visit` every image that this may leave, once for each expectation,
    /// until it says to stop.
    /// - Parameters:
    ///   - dropped: a synchronization that isn't done.
    ///   - bound: of the images of one crash.
    func visitImages(
        without dropped: Int? = nil, atMost bound: Int, _ numbers: inout SeededGenerator, _ visit: (DiskImage, _ crash: Int) throws -> Bool
    ) rethrows {
        let disks = disks(without: dropped)
        var seen: [Int: Set<DiskImage>] = [:]
        for crash in (max(firstCrash, dropped.map { $0 + 1 } ?? 0)..<disks.count).reversed() {
            let images = disks[crash].crashImages(atMost: bound, &numbers)
            if images.count == bound { boundedCrashCount += 1 }
            for image in images where seen[expectation(at: crash), default: []].insert(image).inserted {
                if try !visit(image, crash) { return }
            }
        }
    }

    /// The disk before the first change and after each.
    private func disks(without dropped: Int?) -> [DiskModel] {
        var disks = [DiskModel(root: directory.path)]
        for (index, change) in changes.enumerated() {
            var disk = disks[index]
            if index != dropped { disk.apply(change.operation, content: change.content) }
            disks.append(disk)
        }
        return disks
    }

    /// Whether the changes, as they were announced, lead to what really lies in the directory, but for the lock.
    func isComplete() throws -> Bool {
        try FileManager.default.removeItem(atPath: runPath + "/lock")
        return try disks(without: nil).last?.seen == DiskImage(of: directory.path)
    }

    /// What is wrong with what the real recovery finds in `image`, before the run is taken again and after; nil if nothing is.
    func complaint(about image: DiskImage, crash: Int) throws -> String? {
        let path = imageDirectory.path + "/image"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try image.materialise(at: path)
        let run = RunDirectory(path + runPath.dropFirst(directory.path.count))
        let holds = expectations[expectation(at: crash)].holds
        do {
            if let complaint = try holds(run) { return complaint }
            _ = try run.locked()
            return try holds(run).map { "after the next lock: " + $0 }
        } catch let error as CheckpointError {
            return error.description
        }
    }

    /// - Parameter crash: how many changes were made before it.
    private func expectation(at crash: Int) -> Int { expectations.lastIndex { $0.from <= crash } ?? 0 }
}
