import Batches
import Foundation
import StrictJSON

/// The class of each time step: softmax and cross-entropy at every step, or a CRF over them.
public struct LabellingTask: LearningTask {
    /// Names of the classes, in the order of the outputs.
    public let names: [String]
    /// Number of training time steps of each class; nil if all classes are equally likely.
    public let counts: [Int]?
    /// Whether the training part's tags follow each other as their scheme has it (``LabelRules``), so that a CRF may take it for granted.
    public let followsRules: Bool
    /// The most frequent class of each input symbol; nil if inputs are numbers.
    public let tokenClasses: [TokenClass]?

    public init(names: [String], counts: [Int]? = nil, tokenClasses: [TokenClass]? = nil, followsRules: Bool = true) {
        (self.names, self.counts, self.tokenClasses, self.followsRules) = (names, counts, tokenClasses, followsRules)
    }

    public var output: OutputDescription {
        OutputDescription(count: names.count, isEveryStep: true, loss: .crossEntropy, labelRules: followsRules ? LabelRules(classes: names) : nil)
    }

    public var metrics: [Metric] {
        [.crossEntropy, .accuracy]
            + (LabelRules(classes: names) == nil ? [] : [.spanF1(names: names), .spanPrecision(names: names), .spanRecall(names: names)])
            + [.macroF1(classCount: names.count)]
    }

    public var targetClasses: TargetClasses? { counts.map { TargetClasses(names: names, counts: $0) } }

    /// Each symbol's most frequent class, or where inputs are numbers the most frequent one.
    public var baseline: Baseline {
        guard let counts else { return .equallyLikely(classCount: names.count) }
        guard let tokenClasses else { return .frequencies(counts) { JSONValue.printable(names[$0], scalarCount: 12) } }
        return .classes(ofTokens: tokenClasses, counts: counts)
    }

    public var uses: Set<ModelUse> { [.label] }
    public var display: PredictionDisplay { .classes(names) }
    public var name: String { "sequence labelling" }
    public var pipelineTag: String? { "token-classification" }
}

extension Baseline {
    /// Each token's most frequent class in the training part, and that of all tokens for one that isn't there.
    ///
    /// Of a token with n time steps, c of them of that class, the class has the probability (c + 1)/(n + 2); the others share the rest by how frequent they are.
    /// - Parameters:
    ///   - classes: `[token]`.
    ///   - counts: of the training part's time steps by class.
    static func classes(ofTokens classes: [TokenClass], counts: [Int]) -> Baseline {
        let total = Double(max(1, counts.reduce(0, +)))
        let frequencies = counts.map { max(0.5, Double($0)) / total }
        let mostFrequent = counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
        return Baseline(title: "a symbol's usual class", isGuess: false, knownLoss: nil) { batch in
            guard case .tokenEveryStep(let targets)? = batch.target, case .tokens(let tokens) = batch.input else { return [] }
            var outcomes = Array(repeating: SequenceOutcome(loss: 0), count: batch.sequenceCount)
            var named = Array(repeating: (targets: [Int32](), predicted: [Int32]()), count: batch.sequenceCount)
            for (place, target) in targets.enumerated() where target != Batch.padding {
                let token = classes[Int(tokens[place])]
                let guess = token.total > 0 ? token.index : mostFrequent
                let share = token.total > 0 ? (Double(token.count) + 1) / (Double(token.total) + 2) : frequencies[mostFrequent]
                let isRight = Int(target) == guess
                let probability = isRight ? share : (1 - share) * frequencies[Int(target)] / max(1e-9, 1 - frequencies[guess])
                outcomes[place % batch.sequenceCount].loss -= log(probability)
                outcomes[place % batch.sequenceCount].rightCount += isRight ? 1 : 0
                named[place % batch.sequenceCount].targets.append(target)
                named[place % batch.sequenceCount].predicted.append(Int32(guess))
            }
            for (sequence, classes) in named.enumerated() {
                outcomes[sequence].classes = PredictedClasses(targets: classes.targets, predicted: classes.predicted, scores: [])
            }
            return outcomes
        }
    }
}
