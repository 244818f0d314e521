import Foundation

/// Evaluation of a model on a part of the data; each example or symbol counts once.
public struct Evaluation: Sendable, Equatable {
    /// Mean cross-entropy in nats, or mean squared error.
    public let loss: Double
    /// Fraction of targets whose class had the highest score; nil for regression.
    public let accuracy: Double?
    /// Mean absolute error; nil for classes.
    public let absoluteError: Double?
    /// Sequences whose absolute error, the mean over their outputs, is above ``AddingProblem/correctError``; nil for classes.
    public let largeErrorCount: Int?
    /// Number of targets: tokens, classes or numbers.
    public let targetCount: Int
    /// Loss of a guess without inputs: all classes equally likely, or the targets' training mean.
    public let guessLoss: Double

    package init(loss: Double, accuracy: Double?, absoluteError: Double?, largeErrorCount: Int?, targetCount: Int, guessLoss: Double) {
        self.loss = loss
        self.accuracy = accuracy
        self.absoluteError = absoluteError
        self.largeErrorCount = largeErrorCount
        self.targetCount = targetCount
        self.guessLoss = guessLoss
    }

    /// Whether the loss is above that of a guess, by more than a new model's is by chance. True for NaN.
    public var isWorseThanGuessing: Bool { Self.isWorse(loss, thanGuessing: guessLoss) }

    public static func isWorse(_ loss: Double, thanGuessing guessLoss: Double) -> Bool { guessLoss > 0 && !(loss <= 1.01 * guessLoss) }

    /// The loss in bits, for a text.
    public var bitsPerSymbol: Double { Self.bits(ofNats: loss) }
    /// Perplexity: exp(mean loss).
    public var perplexity: Double { Self.perplexity(ofNats: loss) }

    public static func bits(ofNats loss: Double) -> Double { loss / 0.693_147_180_559_945_3 }
    public static func perplexity(ofNats loss: Double) -> Double { exp(loss) }
}
