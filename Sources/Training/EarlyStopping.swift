package import Checkpoints
package import Configuration
import Runs
package import StrictJSON

/// Early stopping (Prechelt 1998), as Keras's and PyTorch Lightning's `EarlyStopping`: training ends after `patience` validations in a row without
/// improvement. A validation is an improvement if its loss is below the lowest before minus `minimumImprovement`; NaN never is.
///
/// It counts validations that are due by the configuration, and no other ones, so that a run that was extended ends where an uninterrupted one does.
package struct EarlyStopping: Equatable {
    /// 0 for never.
    private let patience: Int
    private let minimumImprovement: Double
    /// The loss of the last improvement; infinity before the first.
    package private(set) var lossToImprove = Double.infinity
    package private(set) var validationsSinceImprovement = 0

    package init(_ settings: Configuration.TrainingSettings) {
        patience = settings.patience
        minimumImprovement = settings.minimumImprovement
    }

    package mutating func add(_ loss: Double) {
        if loss < lossToImprove - minimumImprovement {
            (lossToImprove, validationsSinceImprovement) = (loss, 0)
        } else {
            validationsSinceImprovement += 1
        }
    }

    package var endsTraining: Bool { patience > 0 && validationsSinceImprovement >= patience }

    // MARK: Checkpoints

    /// Of a manifest's `progress`; none without early stopping.
    package var members: [JSONMember] {
        guard patience > 0 else { return [] }
        return [
            ProgressKey.lossToImprove.member(lossToImprove.isFinite ? .real(lossToImprove) : JSONValue(.null)),
            ProgressKey.validationsSinceImprovement.member(.integer(validationsSinceImprovement)),
        ]
    }

    /// Goes on from a manifest's `progress`; from the run's best loss where it was trained without early stopping.
    package mutating func restore(from progress: CheckpointProgress) {
        lossToImprove = (progress[.lossToImprove] ?? progress[.bestValidationLoss])?.realValue ?? .infinity
        validationsSinceImprovement = progress[.validationsSinceImprovement]?.integerValue ?? 0
    }
}
