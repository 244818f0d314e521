import Foundation

/// How well a model does on a part of the data, each example or symbol counted once.
public struct Evaluation: Sendable, Equatable {
    /// Mean cross-entropy in nats, or mean squared error.
    public let loss: Double
    /// Share of targets whose class had the highest score; nil for regression.
    public let accuracy: Double?
    /// Mean absolute error; nil for classes.
    public let absoluteError: Double?
    /// Sequences whose absolute error, the mean over their outputs, is above ``AddingProblem/correctError``; nil for classes.
    public let largeErrorCount: Int?
    /// Tokens, classes or numbers that were asked.
    public let targetCount: Int
    /// The loss of a guess that reads nothing: all classes equally likely, or the mean that targets have in training.
    public let guessLoss: Double

    package init(loss: Double, accuracy: Double?, absoluteError: Double?, largeErrorCount: Int?, targetCount: Int, guessLoss: Double) {
        self.loss = loss
        self.accuracy = accuracy
        self.absoluteError = absoluteError
        self.largeErrorCount = largeErrorCount
        self.targetCount = targetCount
        self.guessLoss = guessLoss
    }

    /// Whether the loss is above that of a guess, by more than a fresh model's is by chance; so too where it is NaN.
    public var isWorseThanGuessing: Bool { Self.isWorse(loss, thanGuessing: guessLoss) }

    public static func isWorse(_ loss: Double, thanGuessing guessLoss: Double) -> Bool { guessLoss > 0 && !(loss <= 1.01 * guessLoss) }

    /// Nats as bits, for a text read by symbols.
    public var bitsPerSymbol: Double { Self.bits(ofNats: loss) }
    /// Among how many equally likely symbols the model hesitates, on average.
    public var perplexity: Double { Self.perplexity(ofNats: loss) }

    public static func bits(ofNats loss: Double) -> Double { loss / 0.693_147_180_559_945_3 }
    public static func perplexity(ofNats loss: Double) -> Double { exp(loss) }
}
