/// What a head makes of its outputs, beside the loss that the model has.
struct LossSettings {
    /// Targets of the whole global batch, by which the derivatives are divided.
    let divisor: Int
    /// The part of each class target that is divided among all outputs; 0 except in training.
    let labelSmoothing: Double
    /// What a target of each class is multiplied by; empty for 1. Not with label smoothing.
    let classWeights: [Float]
    /// Whether right targets are counted even where that needs more than the loss does.
    let decodes: Bool
    /// Whether the losses contain the scores of classes.
    let keepsScores: Bool

    /// What the derivatives are multiplied by.
    var scale: Float { 1 / Float(max(1, divisor)) }
}
