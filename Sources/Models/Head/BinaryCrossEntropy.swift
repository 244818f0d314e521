import Kernels

/// Binary cross-entropy of a label that is on (target 1) or off (0), whose probability is σ(output): `torch.nn.BCEWithLogitsLoss`.
///
/// ```
/// -t·ln σ(x) - (1 - t)·ln(1 - σ(x)) = max(x, 0) - x·t + ln(1 + e^-|x|)          derivative: σ(x) - t
/// ```
enum BinaryCrossEntropy {
    static func value(_ output: Float, target: Float) -> Double {
        Double(max(output, 0)) - Double(output) * Double(target) + naturalLogarithm(1 + Double(exponential(-abs(output))))
    }

    static func derivative(_ output: Float, target: Float) -> Float { sigmoid(output) - target }
    /// Whether the label is named: whether its probability is above 0.5.
    static func isNamed(_ output: Float) -> Bool { output > 0 }
}
