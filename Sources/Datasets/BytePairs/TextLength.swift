import Batches
import Foundation

/// How much text the targets of a sequence are. A model's metrics by character and by word don't depend on how a text is cut into tokens.
public struct TextLength: Sendable, Equatable {
    public var characterCount: Int
    /// Words as ``TextUnit/word`` counts them: what stands between blanks, and the ends of lines.
    public var wordCount: Int

    public init(characterCount: Int = 0, wordCount: Int = 0) { (self.characterCount, self.wordCount) = (characterCount, wordCount) }
}

/// Characters and words of a vocabulary's tokens. A word counts where it begins.
struct TokenLengths: Sendable {
    private struct Token {
        var characterCount = 0
        /// Line ends, and words that begin behind the token's first byte.
        var wordCount = 0
        var beginsInWord = false
        var endsInWord = false
    }

    private let tokens: [Token]

    init(_ pairs: BytePairs) {
        tokens = pairs.bytes.map { bytes in
            var token = Token()
            for (place, byte) in bytes.enumerated() {
                // A character counts at its first byte.
                if byte & 0xC0 != 0x80 { token.characterCount += 1 }
                let isInWord = !TextReading.isBlank(byte)
                if place == 0 { token.beginsInWord = isInWord } else if isInWord && !token.endsInWord { token.wordCount += 1 }
                if byte == 0x0A { token.wordCount += 1 }
                token.endsInWord = isInWord
            }
            return token
        }
    }

    /// The lengths of the targets of each sequence, which are the tokens after its inputs. `[batch]`.
    func lengths(of batch: Batch) -> [TextLength] {
        guard case .tokens(let inputs) = batch.input else { return [] }
        var lengths = Array(repeating: TextLength(), count: batch.sequenceCount)
        func add(_ target: Int32, after input: Int32, _ sequence: Int) {
            guard target >= 0, input >= 0 else { return }
            let (token, before) = (tokens[Int(target)], tokens[Int(input)])
            lengths[sequence].characterCount += token.characterCount
            lengths[sequence].wordCount += token.wordCount + (token.beginsInWord && !before.endsInWord ? 1 : 0)
        }
        switch batch.target {
        case .tokenEveryStep(let targets)?:
            for (place, target) in targets.enumerated() { add(target, after: inputs[place], place % batch.sequenceCount) }
        case .classAtEnd(let targets)?:
            for (sequence, target) in targets.enumerated() {
                add(target, after: inputs[(batch.lengths[sequence] - 1) * batch.sequenceCount + sequence], sequence)
            }
        case .vectorAtEnd?, .vectorEveryStep?, .transcripts?, nil: break
        }
        return lengths
    }
}

extension [SequenceOutcome] {
    /// The same with the lengths of the sequences' targets, `[sequences]`, or none if there is none.
    public func with(_ lengths: [TextLength]) -> [SequenceOutcome] {
        guard !lengths.isEmpty else { return self }
        return zip(self, lengths).map { outcome, length in
            var outcome = outcome
            outcome.length = length
            return outcome
        }
    }
}

// Metrics that don't depend on how a text is cut into tokens.
extension Metric {
    /// exp(loss / words), which can be compared with the perplexity of a model of words; NaN without a word.
    static let perplexityPerWord = Metric(
        key: "perplexityPerWord", title: "perplexity per word", unit: .perplexity, card: ("word_perplexity", "perplexity a word"),
        .numbers(.sums, of: { [$0.loss, Double($0.length.wordCount)] }, value: { ratio($0).map { exp($0) } ?? .nan }))

    /// Bits of the loss by character; NaN without a character.
    static let bitsPerCharacter = Metric(
        key: "bitsPerCharacter", title: "bits per character", unit: .bits, card: ("bits_per_character", "bits a character"),
        .numbers(.sums, of: { [$0.loss, Double($0.length.characterCount)] }, value: { ratio($0).map { $0 / 0.693_147_180_559_945_3 } ?? .nan }))

    /// The sum of the first numbers by that of the second; nil if that is 0.
    private static func ratio(_ rows: [[Double]]) -> Double? {
        let (sum, count) = rows.reduce((0, 0)) { ($0.0 + $1[0], $0.1 + $1[1]) }
        return count > 0 ? sum / count : nil
    }
}
