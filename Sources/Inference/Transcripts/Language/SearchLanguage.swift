import Kernels

/// What a search for transcripts knows of the language: an n-gram of symbols or of words, whose logarithm counts α times, β for each of its symbols or words, and
/// the words that there are.
///
/// Score of a transcript w₁ … wₙ: α · (Σ ln P(wᵢ | those before) + ln P(end | those before)) + β · n.
public struct SearchLanguage: Sendable {
    /// What the n-gram's symbols are.
    public enum Unit: Sendable, Equatable {
        /// The outputs.
        case symbol
        /// Words of outputs: those between blanks, by their outputs. Any other word is the last outcome.
        case word([[Int32]: Int32])
    }

    /// Nil for a lexicon alone.
    private let grams: NGram?
    private let unit: Unit
    public var alpha: Double
    public var beta: Double
    private let lexicon: Lexicon?
    /// The output that is a blank between words; nil if a transcript is one word, or symbols are words.
    private let wordEnd: Int32?
    private let outputCount: Int

    /// - Parameters:
    ///   - grams: outcomes are those of `unit`.
    ///   - lexicon: its words consist of outputs other than `wordEnd`.
    ///   - symbolsAreWords: whether each output is a word of the lexicon.
    public init(
        _ grams: NGram?, unit: Unit = .symbol, alpha: Double, beta: Double, lexicon: Lexicon? = nil, wordEnd: Int32?, symbolsAreWords: Bool = false,
        outputCount: Int
    ) {
        (self.grams, self.unit, self.alpha, self.beta, self.lexicon) = (grams, unit, alpha, beta, lexicon)
        (self.wordEnd, self.symbolsAreWords, self.outputCount) = (wordEnd, symbolsAreWords, outputCount)
    }

    private let symbolsAreWords: Bool

    /// What counts of a beginning for what may follow it.
    struct State {
        /// Of the n-gram.
        fileprivate var history: [Int32]
        /// The outputs of its last word, which isn't complete.
        fileprivate var word: [Int32] = []
        /// Of that word in the lexicon.
        fileprivate var node = Lexicon.root
        fileprivate var isEmpty = true
        /// Of all words or symbols that are complete.
        var score = 0.0
    }

    var start: State { State(history: grams?.beginning ?? []) }

    /// What each output adds to the score of a beginning; -∞ for one that can't follow. `[outputs]`; the blank of CTC adds nothing.
    func scores(after state: State) -> [Double] {
        var scores = Array(repeating: 0.0, count: outputCount)
        if let grams, unit == .symbol {
            let probabilities = grams.probabilities(after: state.history)
            for output in 1..<max(1, outputCount) { scores[output] = alpha * naturalLogarithm(probabilities[output]) + beta }
        } else if let wordEnd {
            scores[Int(wordEnd)] = wordScore(state)
        }
        guard lexicon != nil else { return scores }
        for output in 1..<Int32(max(1, outputCount)) where node(after: state, output) == nil { scores[Int(output)] = -.infinity }
        return scores
    }

    /// A beginning and one more output, which can follow it.
    func state(after state: State, _ output: Int32, score: Double) -> State {
        var next = state
        next.score += score
        next.isEmpty = false
        next.node = node(after: state, output) ?? Lexicon.root
        switch unit {
        case .symbol: if let grams { next.history = grams.history(state.history, output) }
        case .word:
            if output == wordEnd {
                if let grams, !state.word.isEmpty { next.history = grams.history(state.history, outcome(state.word)) }
                next.word = []
            } else {
                next.word.append(output)
            }
        }
        return next
    }

    /// What the end adds to the score of a beginning; -∞ if it can't end there.
    func endScore(of state: State) -> Double {
        if let lexicon, !symbolsAreWords, !state.isEmpty, !lexicon.isWord(state.node) { return -.infinity }
        guard let grams else { return 0 }
        let history = unit == .symbol || state.word.isEmpty ? state.history : grams.history(state.history, outcome(state.word))
        return (unit == .symbol ? 0 : wordScore(state)) + alpha * naturalLogarithm(grams.probability(of: NGram.end, after: history))
    }

    /// What the last word adds once it is complete.
    private func wordScore(_ state: State) -> Double {
        guard let grams, !state.word.isEmpty else { return 0 }
        return alpha * naturalLogarithm(grams.probability(of: outcome(state.word), after: state.history)) + beta
    }

    private func outcome(_ word: [Int32]) -> Int32 {
        guard case .word(let outcomes) = unit, let grams else { return NGram.end }
        return outcomes[word] ?? Int32(grams.outcomeCount - 1)
    }

    /// Where the lexicon has a beginning with one more output; nil if it can't follow.
    private func node(after state: State, _ output: Int32) -> Int? {
        guard let lexicon else { return Lexicon.root }
        if symbolsAreWords { return lexicon.node(after: Lexicon.root, output) == nil ? nil : Lexicon.root }
        guard output == wordEnd else { return lexicon.node(after: state.node, output) }
        return lexicon.isWord(state.node) ? Lexicon.root : nil
    }
}
