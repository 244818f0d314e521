import Charts
import Checkpoints
import Configuration
import Datasets
import Foundation
import Inference
import NumberText
import Runs
import Training

/// A run as a report sees it: a checkpoint, its history, and its data where they are still there.
final class RunRecord {
    let name: String
    let trained: TrainedRun
    let history: RunHistory
    /// Read when they are asked for.
    private(set) lazy var data: Result<RunData, any Error> = Result { try trained.data() }

    /// Cost: reads the checkpoint and the metrics.
    /// - Throws: what ``TrainedRun`` does of a run that has no checkpoint; ``CheckpointError`` where its metrics can't be read.
    init(_ path: String, at choice: CheckpointChoice = .newest) throws {
        trained = try TrainedRun(path, at: choice)
        history = try RunHistory(RunDirectory(trained.path))
        name = URL(filePath: trained.path).lastPathComponent
    }

    /// Whether what the model says is shown beside its data, rather than what it writes.
    var showsPredictions: Bool { ![.text, .textWindows, .embeddedReber].contains(trained.configuration.data.kind) }

    /// Why the data that predictions need can't be used; nil if they can, or nothing needs them.
    var dataFault: String? {
        if showsPredictions, case .failure(let error) = data { return "\(error)" }
        return nil
    }

    /// What the run learned from, in words.
    var dataDescription: String {
        switch data {
        case .success(let data): return data.description
        case .failure:
            let settings = trained.configuration.data
            return ([settings.kind.rawValue] + settings.files).joined(separator: ", ")
        }
    }

    var isRegression: Bool { !trained.configuration.data.kind.hasTokens }

    /// What a loss is measured in.
    var lossUnit: String { isRegression ? "mean squared error" : "nats" }

    /// The loss of a guess of equally likely classes; nil where numbers are predicted.
    private var guessLoss: Double? {
        guard !isRegression, let classCount = trained.parameters.first(where: { $0.name == "head.bias" })?.dimensions.first else { return nil }
        return log(Double(classCount))
    }

    /// "; worse than guessing (2.398)", or nothing.
    func guessRemark(_ loss: Double) -> String {
        guard let guessLoss, Evaluation.isWorse(loss, thanGuessing: guessLoss) else { return "" }
        return "; worse than guessing (\(figure(guessLoss)))"
    }

    var parameterCount: Int { trained.parameters.reduce(0) { $0 + $1.dimensions.reduce(1, *) } }
}

extension DataPart {
    /// "test", say.
    var name: String { "\(self)" }
}
