import Kernels

/// Binary cross-entropy of a label that is on (target 1) or off (0), whose probability is σ(output): `torch.nn.BCEWithLogitsLoss`.
///
/// ```
/// -t·ln σ(x) - (1 - t)·ln(1 - σ(x)) = max(x, 0) - x·t + ln(1 + e^-|x|)          derivative: σ(x) - t
/// ```
///
/// An output above 0 names the label: ``isRight(_:target:)`` counts labels that are on and named, ``absoluteError(_:target:)`` those that are one of both.
enum BinaryCrossEntropy: NumberLoss {
    static func value(_ output: Float, target: Float) -> Double {
        Double(max(output, 0)) - Double(output) * Double(target) + naturalLogarithm(1 + Double(exponential(-abs(output))))
    }

    static func derivative(_ output: Float, target: Float) -> Float { sigmoid(output) - target }
    static func absoluteError(_ output: Float, target: Float) -> Double { (output > 0) == (target > 0.5) ? 0 : 1 }
    static func isRight(_ output: Float, target: Float) -> Bool { output > 0 && target > 0.5 }
}
