import Kernels

/// The distribution from which the next symbol is drawn: a model's scores under ``SamplingOptions``.
///
/// Definitions and order are those of Hugging Face's logits processors. Exponentials and logarithms are the kernels' own, so every processor draws the same
/// symbols. Cost: a pass over the scores; a filter sorts them.
package struct SymbolDistribution {
    /// The symbol with the highest score after the repetition penalty; the first one on a tie.
    package let likeliest: Int
    /// Proportional to the probabilities; 0 for a symbol that is never drawn. Empty at temperature 0. `[symbols]`.
    package private(set) var weights: [Float]

    /// - Parameters:
    ///   - scores: `[symbols]`, at least one.
    ///   - isRepeated: whether the text has a symbol already, `[symbols]`; may be empty without a repetition penalty.
    ///   - options: must have no fault.
    package init(_ scores: [Float], isRepeated: [Bool] = [], _ options: SamplingOptions) {
        var scores = scores
        if options.repetitionPenalty != 1 {
            let penalty = Float(options.repetitionPenalty)
            for symbol in scores.indices where isRepeated[symbol] { scores[symbol] = scores[symbol] < 0 ? scores[symbol] * penalty : scores[symbol] / penalty }
        }
        let softmax = Softmax(scores, temperature: Float(options.temperature))
        likeliest = softmax.likeliest
        weights = softmax.weights
        guard !weights.isEmpty else { return }
        if let topK = options.topK { keepLikeliest(topK, scores) }
        if let topP = options.topP, topP < 1 { keepNucleus(topP, scores) }
        if let typical = options.typical, typical < 1 { keepTypical(typical) }
    }

    /// The symbol at `fraction` of the cumulated probabilities, 0 ≤ `fraction` < 1; at temperature 0 the likeliest one.
    package func symbol(at fraction: Float) -> Int {
        guard !weights.isEmpty else { return likeliest }
        var rest = fraction * weights.reduce(0, +)
        for (symbol, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return symbol }
        }
        // Reached only by rounding.
        return weights[likeliest] > 0 ? likeliest : weights.lastIndex { $0 > 0 } ?? likeliest
    }

    /// Keeps the `count` highest scores, and those equal to the lowest of them.
    private mutating func keepLikeliest(_ count: Int, _ scores: [Float]) {
        guard count < scores.count else { return }
        let lowest = scores.sorted(by: >)[count - 1]
        for symbol in scores.indices where scores[symbol] < lowest { weights[symbol] = 0 }
    }

    /// Keeps the highest scores until their probabilities sum to at least `mass`; of equal scores the lower symbol comes first.
    private mutating func keepNucleus(_ mass: Double, _ scores: [Float]) {
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        let bound = mass * total
        var sum = 0.0
        for symbol in order {
            let weight = weights[symbol]
            if sum >= bound { weights[symbol] = 0 }
            sum += Double(weight)
        }
    }

    /// Keeps the symbols whose surprise, -log p, is nearest to the entropy, until their probabilities sum to at least `mass`, and those exactly as near as
    /// the last of them.
    private mutating func keepTypical(_ mass: Double) {
        let total = total
        let kept = weights.indices.filter { weights[$0] > 0 }
        let surprises = kept.map { naturalLogarithm(total) - naturalLogarithm(Double(weights[$0])) }
        var entropy = 0.0
        for (place, symbol) in kept.enumerated() { entropy += Double(weights[symbol]) / total * surprises[place] }
        let distances = surprises.map { abs($0 - entropy) }
        let order = kept.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        var sum = 0.0
        var farthest = Double.infinity
        for place in order {
            sum += Double(weights[kept[place]])
            guard sum < mass * total else {
                farthest = distances[place]
                break
            }
        }
        for place in kept.indices where distances[place] > farthest { weights[kept[place]] = 0 }
    }

    private var total: Double { weights.reduce(0) { $0 + Double($1) } }
}
