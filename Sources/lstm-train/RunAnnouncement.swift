import Datasets
import Kernels
import Measurement
import Layers
import Models
import NumberText
import Runs
import Training

/// The lines printed when a run starts, of at most 80 columns, except for paths.
struct RunAnnouncement {
    let summary: RunSummary
    /// Host and cores of each rank.
    let ranks: [RankFacts]

    var lines: [String] {
        [field("run", summary.runDirectory)] + data + model + group + resumed
    }

    private var data: [String] {
        let parts = summary.dataParts.map { part in
            "\(part.part) " + counted(part.exampleCount ?? part.coverage.evaluatedCount, part.exampleCount == nil ? part.coverage.unit.rawValue : "example")
        }
        return [field("data", summary.dataDescription)] + field("", parts: parts)
            + [field("", "\(counted(summary.batchesPerEpoch, "batch")) of \(counted(summary.batch, "sequence")) an epoch" + padding)]
            + summary.dataNotes.flatMap { field("note", wrapped: $0) }
    }

    private var padding: String { summary.paddingShare.map { ", \(Int(($0 * 100).rounded())) % padding" } ?? "" }

    // MARK: Model

    private var model: [String] {
        let shape = summary.shape
        let times = summary.longestTimeCount
        let plan = ModelPlan(shape)
        let nameWidth = max(17, 1 + (plan.layers.map(\.name.count).max() ?? 0))
        func row(_ name: String, _ output: String, _ parameters: String, _ multiplyAdds: String) -> String {
            name.padded(to: nameWidth) + output.padded(to: 21) + parameters.rightAligned(in: 11) + "  " + multiplyAdds
        }
        return [field("model", row("layer", "output [time, units]", "parameters", "multiply-adds"))]
            + [field("", row(input, "[\(times), \(shape.inputWidth)]", "", ""))]
            + zip(plan.layers, plan.stepCounts(timeCount: times)).map { layer, count in
                let multiplyAdds = layer.multiplyAdds(timeCount: count)
                return field("", row(
                    layer.name, layer.isEveryStep ? "[\(layer.stepChange.stepCount(count)), \(layer.width)]" : "[\(layer.width)]", grouped(layer.parameterCount),
                    multiplyAdds > 0 ? short(Double(multiplyAdds)) : "0"))
            }
            + [field("", row("together", "", grouped(summary.parameterCount), short(Double(plan.multiplyAdds(timeCount: times))) + " a sequence"))]
    }

    private var input: String {
        switch summary.shape.input {
        case .oneHot: "symbols, one-hot"
        case .embedding: summary.shape.characterEncoder == nil ? "symbols" : "words, characters"
        case .vectors: "numbers"
        }
    }

    // MARK: Group and checkpoint

    private var group: [String] {
        let memory = summary.memory
        return [
            field(
                "group", "\(counted(summary.rankCount, "rank")) × \(counted(summary.threadCount, "thread"))"
                    + " on \(cores); \(counted(summary.shardCount, "shard"))"),
            field("arithmetic", arithmetic(summary.precision)),
        ] + (summary.averaging.map { field("averaging", wrapped: $0) } ?? []) + [
            field(
                "memory", "\(bytes(memory.rankByteCount)) at the least" + (memory.localRankCount > 1 ? " for each of \(memory.localRankCount) ranks here" : "")
                    + ", of \(bytes(memory.hostByteCount))"),
        ]
    }

    /// "cores 0-3", "core 0, core 1", or for many ranks "2 hosts, 8 cores a rank".
    private var cores: String {
        func name(_ rank: RankFacts) -> String { "core\(rank.coreCount == 1 ? "" : "s") \(rank.cores)" }
        let places = Set(ranks.map { $0.host + name($0) })
        if places.count == 1, let rank = ranks.first { return name(rank) }
        let hostCount = Set(ranks.map(\.host)).count
        if hostCount == 1, ranks.count <= 4 { return ranks.map(name).joined(separator: ", ") }
        let least = ranks.map(\.coreCount).min() ?? 1
        return "\(counted(hostCount, "host")), \(counted(least, "core")) a rank"
    }

    private var resumed: [String] {
        guard let path = summary.resumed else { return [] }
        var lines = [field("resumes", "from \(path)")]
        for (index, difference) in summary.resumedDifferences.enumerated() { lines.append(field("", (index == 0 ? "with " : "     ") + difference)) }
        if let earlier = summary.resumedPrecision, earlier != summary.precision {
            lines.append(field("", "in \(summary.precision.rawValue) from here on, no longer in \(earlier.rawValue)"))
        }
        if let count = summary.validationsSinceImprovement {
            lines.append(field("", "nothing is left to do; the run ended at step \(summary.resumedStep) of \(summary.stepCount),"))
            lines.append(field("", earlyEndText(count)))
        } else if summary.resumedStep >= summary.stepCount { lines.append(field("", "step \(summary.resumedStep) of \(summary.stepCount): nothing is left to do")) }
        return lines
    }
}

extension ModelDescription {
    /// Width of the network's input: before an embedding, one symbol.
    fileprivate var inputWidth: Int {
        if case .embedding = input { return 1 }
        return inputWidth(ofLayer: 0)
    }
}
