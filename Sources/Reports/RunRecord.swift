import Charts
import Checkpoints
import Configuration
import Datasets
import Files
import Foundation
import Inference
import NumberText
import Runs
import Training

/// A run for a report: a checkpoint, its history, and its data if they still exist.
final class RunRecord {
    let name: String
    let trained: TrainedRun
    let task: any LearningTask
    let history: RunHistory
    /// Read on first use.
    private(set) lazy var data: Result<RunData, any Error> = Result { try trained.data() }

    /// Cost: reads the checkpoint and the metrics.
    /// - Throws: the errors of ``TrainedRun`` for a run without a checkpoint; ``CheckpointError`` if its metrics can't be read.
    init(_ path: String, at choice: CheckpointChoice = .newest) throws {
        trained = try TrainedRun(path, at: choice)
        task = try trained.task()
        history = try RunHistory(RunDirectory(trained.path))
        name = URL(filePath: trained.path).lastPathComponent
    }

    /// Whether predictions are shown with the data, instead of generated text.
    var showsPredictions: Bool {
        switch task.display {
        case .text, .strings, .transcripts, .drawings, .frames: false
        case .forecasts, .numbers, .classes, .labels: true
        }
    }

    /// The reason why the data needed for predictions can't be used; nil if they can, or aren't needed.
    var dataFault: String? {
        if showsPredictions, case .failure(let error) = data { return "\(error)" }
        return nil
    }

    /// Describes the run's data.
    var dataDescription: String {
        switch data {
        case .success(let data): return data.description
        case .failure:
            let settings = trained.configuration.data
            return ([settings.kindName] + settings.allFiles).joined(separator: ", ")
        }
    }

    /// Unit of the loss.
    var lossUnit: String { task.loss.unit.name }

    /// "; worse than guessing (2.398)", or empty.
    func guessRemark(_ loss: Double) -> String {
        guard let guessLoss = task.baseline.knownLoss, Evaluation.isWorse(loss, thanGuessing: guessLoss) else { return "" }
        return "; worse than guessing (\(figure(guessLoss)))"
    }

    var parameterCount: Int { trained.parameters.reduce(0) { $0 + $1.dimensions.reduce(1, *) } }
}

extension DataPart {
    /// For example "test".
    var name: String { "\(self)" }
}
