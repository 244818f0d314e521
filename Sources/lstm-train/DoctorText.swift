import Checkpoints
import Communication
import Files
import Foundation
import Kernels
import Measurement
import NumberText
import Training

/// Doctor's results as text.
enum DoctorText {
    static func machine(_ machine: MachineFacts, ranks: [RankFacts]) -> [String] {
        let host = ranks.first?.host ?? "unknown"
        var lines = [
            field("machine", "\(host): \(machine.processor), \(counted(machine.coreCount, "core")), \(bytes(Double(machine.memoryByteCount))) of memory, "
                + "\(bytes(Double(machine.availableByteCount))) free"),
            field("build", "\(instructionSet()); \(bfloat16Arithmetic())"),
        ]
        // Consecutive ranks on a host with the same number of cores share a line.
        var groups: [(first: RankFacts, last: RankFacts)] = []
        for facts in ranks {
            if let group = groups.last, group.last.host == facts.host, group.last.cores == facts.cores, group.last.threadCount == facts.threadCount {
                groups[groups.count - 1].last = facts
            } else {
                groups.append((facts, facts))
            }
        }
        for group in groups {
            let name = group.first.rank == group.last.rank ? "rank \(group.first.rank)" : "ranks \(group.first.rank) to \(group.last.rank)"
            lines.append(field("", "\(name) on \(group.first.host): cores \(group.first.cores), \(counted(group.first.threadCount, "thread"))"))
        }
        return lines
    }

    static func mpi(_ version: String) -> String {
        let name = version.split(separator: ",").first.map(String.init) ?? version
        return field("mpi", "\(name), \(MPIWorld.threadLevel)")
    }

    static func peak(core: Double, whole: Double, precision: Precision) -> String {
        field("peak", "\(decimal(core)) GFLOP/s on one core, \(decimal(whole)) on all threads (fused multiply-adds, \(precision.rawValue))")
    }

    static func memory(_ byteRate: Double) -> String {
        field("memory", "\(bytes(byteRate))/s (a = b + s·c on all threads, over arrays beyond the caches)")
    }

    static func disk(_ disk: DiskFacts) -> String {
        field("disk", "\(disk.path == "." ? "this folder" : disk.path): \(disk.fileSystemType), \(bytes(Double(disk.freeByteCount))) free; 4 MB are safe after \(milliseconds(disk.writeSeconds))")
    }

    static func model(_ model: ModelFacts) -> String {
        field("model", "\(counted(model.parameterCount, "parameter")), a batch of \(model.batch) × \(counted(model.timeCount, "time step")); at least "
            + "\(bytes(model.leastByteCount)) a rank, checkpoints of \(bytes(model.checkpointByteCount))")
    }

    static func sums(_ groups: [GroupMeasurement]) -> [String] {
        groups.enumerated().map { place, group in
            field(
                place == 0 ? "sum" : "",
                "over \(group.sums.rankCount) ranks: \(milliseconds(group.sums.latencySeconds)) for one float, \(bytes(group.sums.byteRate))/s for 64 MB")
        }
    }

    static func forecast(_ forecast: StepForecast, network: NodeNetwork) -> [String] {
        guard !forecast.rows.isEmpty else { return [] }
        var lines = [field("forecast", "machines   ranks   threads    steps/s   efficiency   in the sum")]
        for row in forecast.rows {
            lines.append(
                field(
                    "",
                    "\(row.nodeCount)".rightAligned(in: 8) + "\(row.rankCount)".rightAligned(in: 8) + "\(row.threadCount)".rightAligned(in: 10) + decimal(row.stepsPerSecond).rightAligned(in: 11)
                        + percent(row.efficiency).rightAligned(in: 13) + (row.rankCount == 1 ? "-" : percent(row.sumShare)).rightAligned(in: 13)
                        + (row.isMeasured ? "   measured" : "")))
        }
        guard forecast.rows.contains(where: { !$0.isMeasured }) else { return lines }
        switch network {
        case .assumed(let gigabits, let microseconds):
            lines.append(
                field(
                    "", "between machines \(decimal(gigabits)) Gbit/s and \(decimal(microseconds)) µs are assumed (--network-gigabits, --network-microseconds)"))
        case .measured:
            lines.append(field("", "between machines as this group's own sums"))
        }
        return lines
    }

    static func advice(_ advice: [Advice]) -> [String] {
        advice.enumerated().map { place, advice in
            field(place == 0 ? "advice" : "", (advice.isWarning ? "! " : "- ") + "\(advice)")
        }
    }

    // MARK: Phrases

    private static func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }

    private static func milliseconds(_ seconds: Double) -> String { seconds < 1e-3 ? "\(decimal(1e6 * seconds)) µs" : "\(decimal(1e3 * seconds)) ms" }
}
