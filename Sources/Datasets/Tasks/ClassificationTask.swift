import Batches
import StrictJSON

/// The sequence's class, at its last time step: softmax and cross-entropy.
public struct ClassificationTask: LearningTask {
    /// Names of the classes, in the order of the outputs.
    public let names: [String]
    /// Number of training sequences of each class; nil if all classes are equally likely.
    public let counts: [Int]?

    public init(names: [String], counts: [Int]? = nil) {
        (self.names, self.counts) = (names, counts)
    }

    public var output: OutputDescription { OutputDescription(count: names.count, isEveryStep: false, loss: .crossEntropy) }

    public var metrics: [Metric] {
        [.crossEntropy, .accuracy, .balancedAccuracy(classCount: names.count), .macroF1(classCount: names.count)]
            + (names.count > Self.topLimit ? [.topAccuracy(Self.topLimit)] : []) + (names.count == 2 ? [.rocAUC] : [])
    }

    /// Of top-k accuracy, where there are more classes.
    private static let topLimit = 5

    public var baseline: Baseline {
        guard let counts else { return .equallyLikely(classCount: names.count) }
        return .frequencies(counts) { JSONValue.printable(names[$0], scalarCount: 12) }
    }

    public var targetClasses: TargetClasses? { counts.map { TargetClasses(names: names, counts: $0) } }
    public var uses: Set<ModelUse> { [.classify] }
    public var display: PredictionDisplay { .classes(names) }
    public var name: String { "sequence classification" }
}
