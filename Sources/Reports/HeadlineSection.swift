import Charts
import Checkpoints
import Configuration
import Datasets
import Foundation
import Inference
import Kernels
import NumberText
import Runs
import Training

/// A run's results in a few figures.
struct HeadlineSection {
    let record: RunRecord

    func write(on page: inout Page) {
        page.facts(results + extent + [
            Fact(name: "data", value: record.dataDescription, isWide: true),
            Fact(name: "weights of the \(record.trained.isBest ? "best" : "newest") checkpoint, SHA-256", value: manifest.weightsSHA256, below: record.trained.checkpoint.path, isWide: true),
        ])
        for skippedCheckpoints in record.trained.skippedCheckpoints { page.warning("\(skippedCheckpoints)") }
        if let fault = record.dataFault {
            page.warning("The run's data can't be used here, so predictions are missing below. \(fault)")
        }
    }

    private var manifest: CheckpointManifest { record.trained.checkpoint.manifest }

    private var results: [Fact] {
        let history = record.history
        var facts: [Fact] = []
        if let best = history.bestValidation {
            facts.append(Fact(name: "best validation loss, \(record.lossUnit)", value: figure(best.y), below: "at step \(fixed(best.x, decimals: 0))" + (perplexity(best.y)) + record.guessRemark(best.y)))
        } else {
            facts.append(Fact(name: "best validation loss", value: "–", below: "the run has no validation"))
        }
        for metric in record.task.metrics {
            guard let log = metric.log, let best = history[.init(rawValue: log.key)].max(by: { metric.isBetterHigher ? $0.y < $1.y : $0.y > $1.y }) else { continue }
            let value = metric.unit == .share ? metric.unit.shortText(best.y) : figure(best.y)
            facts.append(Fact(name: "best \(metric.unit == .share ? "validation " : "")\(metric.title)", value: value, below: "at step \(fixed(best.x, decimals: 0))"))
        }
        if let loss = history[.epochLoss].last ?? history[.loss].last {
            facts.append(Fact(name: "training loss, \(record.lossUnit)", value: figure(loss.y), below: "last line, at step \(fixed(loss.x, decimals: 0))"))
        }
        return facts
    }

    /// The perplexity for a loss in nats, for models that predict symbol by symbol.
    private func perplexity(_ loss: Double) -> String {
        record.task.metrics.dropFirst().reduce("") { text, metric in
            switch (metric.unit, metric.value(ofMean: loss)) {
            case (.perplexity, let value?): text + "; perplexity \(figure(value))"
            case (.bits, let value?): text + ", \(figure(value)) bits a symbol"
            default: text
            }
        }
    }

    private var extent: [Fact] {
        let history = record.history
        let speeds = history[.timeStepsPerSecond].map(\.y).sorted()
        var facts = [
            Fact(
                name: "steps", value: fixed(Double(max(manifest.step, history.lastStep)), decimals: 0),
                below: "\(history.lastEpoch) epoch\(history.lastEpoch == 1 ? "" : "s") begun" + (history.resumes.isEmpty ? "" : ", resumed " + (history.resumes.count == 1 ? "once" : "\(history.resumes.count) times"))),
            Fact(name: "parameters", value: fixed(Double(record.parameterCount), decimals: 0), below: record.trained.precision.rawValue),
        ]
        if history.trainedSeconds > 0 {
            facts.append(Fact(
                name: "time of training", value: durationText(history.trainedSeconds),
                below: speeds.isEmpty ? "" : "median \(fixed(speeds[speeds.count / 2], decimals: 0)) time steps/s"))
        }
        return facts
    }
}
