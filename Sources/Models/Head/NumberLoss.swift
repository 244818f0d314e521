import Batches

/// A loss of numbers: a function of output and target. A new one is a conformer in a file of its own, and a case of ``Loss``.
protocol NumberLoss {
    static func value(_ output: Float, target: Float) -> Double
    /// By the output.
    static func derivative(_ output: Float, target: Float) -> Float
    /// Size of the error, for a metric.
    static func absoluteError(_ output: Float, target: Float) -> Double
    /// Whether the output counts as right.
    static func isRight(_ output: Float, target: Float) -> Bool
}

/// A function of the error, output - target.
protocol ErrorLoss: NumberLoss {
    static func value(ofError error: Float) -> Double
    static func derivative(ofError error: Float) -> Float
}

extension ErrorLoss {
    static func value(_ output: Float, target: Float) -> Double { value(ofError: output - target) }
    static func derivative(_ output: Float, target: Float) -> Float { derivative(ofError: output - target) }
    static func absoluteError(_ output: Float, target: Float) -> Double { Double(abs(output - target)) }
    static func isRight(_ output: Float, target: Float) -> Bool { false }
}

extension Loss {
    /// Nil with softmax and cross-entropy, whose loss the head computes block by block (``Softmax``), and with a CRF (``CRFHead``).
    var ofNumbers: (any NumberLoss.Type)? {
        switch self {
        case .crossEntropy, .crf: nil
        case .binaryCrossEntropy: BinaryCrossEntropy.self
        case .squaredError: SquaredError.self
        }
    }
}
