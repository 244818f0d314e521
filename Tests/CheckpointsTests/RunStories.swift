import Checkpoints
import FileFixtures
import Files
import SeededRandomness
import StrictJSON

extension RunStory {
    /// A run's processes, each of which saves some steps, one of them twice if an error comes.
    static func saving(_ steps: [[Int]], streams: Bool = false, _ numbers: SeededGenerator) -> RunStory {
        RunStory(name: "saves of steps \(steps)") { history in
            let saver = Saver(history, streams: streams, numbers)
            return (steps.map { steps in { run in for step in steps { try saver.saveTwiceIfNeeded(step, in: run) } } }, { try saver.save(40, in: $0) })
        }
    }

    /// A text that is written and replaced, and metrics that are begun, taken up again and cut back.
    static func texts() -> RunStory {
        RunStory(name: "texts and metrics") { history in
            let writer = TextWriter(history)
            return ([writer.beginRun, writer.takeUpRun], writer.takeUpRun)
        }
    }

    /// The first process of these alone.
    static func firstTexts() -> RunStory {
        RunStory(name: "first texts and metrics") { history in
            let writer = TextWriter(history)
            return ([writer.beginRun], writer.takeUpRun)
        }
    }
}

/// Saves as the program does, a commit and then retention, and says what a power cut must leave.
private final class Saver {
    private let history: RecordedHistory
    private let hasStreams: Bool
    private var numbers: SeededGenerator
    private var committed: Restored?
    private var begun: [Restored] = []
    private var hasBest = false
    /// It has the lowest loss.
    private static let bestStep = 10

    init(_ history: RecordedHistory, streams: Bool, _ numbers: SeededGenerator) {
        self.history = history
        hasStreams = streams
        self.numbers = numbers
    }

    func saveTwiceIfNeeded(_ step: Int, in run: LockedRun) throws {
        do { try save(step, in: run) } catch let error as CheckpointError where error == FaultInjector.error { try save(step, in: run) }
    }

    func save(_ step: Int, in run: LockedRun) throws {
        let saved = snapshot(step: step, loss: step == Self.bestStep ? 1 : 2, streams: hasStreams, &numbers)
        let new = Restored(saved)
        begun.append(new)
        expectNewest()
        _ = try run.commit(saved)
        (committed, begun, hasBest) = (new, [], hasBest || step == Self.bestStep)
        expectNewest()
        try run.keepNewest(1)
    }

    private func expectNewest() {
        let (committed, begun, hasBest) = (committed, begun, hasBest)
        history.expect { run in
            guard let newest = try run.newestVerified() else { return committed == nil ? nil : "no checkpoint is found, and one was committed" }
            let found = try Restored(newest.checkpoint)
            if found != committed && !begun.contains(found) { return "step \(found.progress.step) is found as the newest; \(newest.skippedCheckpoints)" }
            let reports = try run.checkpoints()
            if hasBest && !reports.contains(where: { $0.step == Self.bestStep }) { return "the best is gone" }
            return reports.compactMap(\.damage).first.map { "a checkpoint isn't whole: \($0)" }
        }
    }
}

/// Writes a run's other files, and says what a power cut must leave of them.
private final class TextWriter {
    private let history: RecordedHistory
    private var text: String?
    private var begun: [String] = []
    /// Lines that are promised to be on disk.
    private var lines = ""

    init(_ history: RecordedHistory) { self.history = history }

    func beginRun(_ run: LockedRun) throws {
        try write("{\"first\": 1}\n", in: run)
        try write("{\"second\": 2}\n", in: run)
        try addLine(1, andUnsynchronized: 2, goingOnFrom: 0, in: run)
    }

    func takeUpRun(_ run: LockedRun) throws {
        try write("{\"third\": \"größer\"}\n", in: run)
        try addLine(3, goingOnFrom: 1, in: run)
    }

    private func write(_ new: String, in run: LockedRun) throws {
        begun.append(new)
        expectTexts()
        try run.writeText(new, named: "config.json")
        (text, begun) = (new, [])
        expectTexts()
    }

    private func addLine(_ step: Int, andUnsynchronized other: Int? = nil, goingOnFrom begin: Int, in run: LockedRun) throws {
        var log = try run.openMetrics(goingOnFrom: begin)
        let line: JSONValue = .object(["step": .integer(step)])
        try log.append(line)
        try log.synchronize()
        lines += line.serialized() + "\n"
        expectTexts()
        if let other { try log.append(.object(["step": .integer(other)])) }
    }

    private func expectTexts() {
        let (text, begun, lines) = (text, begun, lines)
        history.expect { run in
            let found = try run.readText(named: "config.json")
            if found != text && !begun.contains(where: { $0 == found }) { return "the text is \(found ?? "not there")" }
            let metrics = try run.readText(named: "metrics.jsonl") ?? ""
            return metrics.hasPrefix(lines) ? nil : "the metrics are '\(metrics)', without '\(lines)'"
        }
    }
}
