package import Checkpoints
package import StrictJSON

/// The keys of a manifest's `progress` that the trainer writes: see ``CheckpointProgress/other``.
package enum ProgressKey: String, CaseIterable {
    /// Of the data, 16 hexadecimal digits.
    case dataFingerprint
    /// Of the file of model.initialWeights; absent if there was none.
    case initialWeightsSHA256
    /// Of all that decides the weights besides the data.
    case configurationSHA256
    /// Precision of the steps before.
    case precision
    case bestValidationLoss
    case bestValidationStep
    /// Of early stopping: the loss that another validation must undercut, and the validations since it was reached. Absent without it.
    case lossToImprove
    case validationsSinceImprovement
    /// Of a plateau schedule: the loss of its last improvement, validations since, those that still don't count, and its reductions of the rate.
    case plateauLoss
    case plateauValidations
    case plateauCooldown
    case rateReductions
    /// Of averaged weights: steps that the average is of, and of the mean's trigger the lowest loss of all validations but the recent ones, and theirs.
    case averagedSteps
    case averagingLowestLoss
    case averagingRecentLosses
    case skippedSteps
    case batchesPerEpoch
    case epochTargetCount
    case epochLossByShard

    package func member(_ value: JSONValue) -> JSONMember { JSONMember(key: rawValue, value: value) }
}

extension CheckpointProgress {
    package subscript(key: ProgressKey) -> JSONValue? { other[key.rawValue] }
    /// Steps that the weights are an average of; 0 if they are none.
    package var averagedStepCount: Int { self[.averagedSteps]?.integerValue ?? 0 }
}
