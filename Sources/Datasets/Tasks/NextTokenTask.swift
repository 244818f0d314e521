public import Batches
import Foundation

/// The next token, at every time step or only at the last: softmax and cross-entropy.
public struct NextTokenTask: LearningTask {
    public let output: OutputDescription
    public let display: PredictionDisplay
    private let unit: TextUnit
    /// Of the tokens of byte pairs.
    private let lengths: TokenLengths?

    /// - Parameters:
    ///   - unit: what a token stands for.
    ///   - pairs: the vocabulary's byte pairs, for metrics by word and character; nil for another unit.
    ///   - hasGrammar: whether generated texts are strings of a grammar, which a report checks.
    public init(vocabularyCount: Int, everyStep: Bool, unit: TextUnit = .character, pairs: BytePairs? = nil, hasGrammar: Bool = false) {
        self.unit = unit
        lengths = pairs.map(TokenLengths.init)
        output = OutputDescription(count: vocabularyCount, isEveryStep: everyStep, loss: .crossEntropy)
        display = hasGrammar ? .strings : .text
    }

    /// Bits are usual for characters, and not for words.
    public var metrics: [Metric] {
        let byLength: [Metric] =
            switch unit {
            case .character, .byte: [.bitsPerSymbol]
            case .word: []
            case .bpe: [.perplexityPerWord, .bitsPerCharacter]
            }
        return [.crossEntropy, .perplexity] + byLength + [.accuracy]
    }
    public func textLengths(of batch: Batch) -> [TextLength] { lengths?.lengths(of: batch) ?? [] }
    public var baseline: Baseline { .equallyLikely(classCount: output.count) }
    public var uses: Set<ModelUse> { [.generate] }
    public var name: String { "text generation" }
    public var pipelineTag: String? { "text-generation" }
}

extension Metric {
    /// exp(mean loss).
    static let perplexity = Metric(
        key: "perplexity", title: "perplexity", unit: .perplexity, card: ("perplexity", "perplexity"), term: \.loss, value: { exp($0 / Double($1)) })

    static let bitsPerSymbol = Metric(
        key: "bitsPerCharacter", title: "bits per character", unit: .bits, card: ("bits_per_symbol", "bits a symbol"), term: \.loss,
        value: { $0 / Double($1) / 0.693_147_180_559_945_3 })
}
