/// The classes of a task's targets.
public struct TargetClasses: Sendable, Equatable {
    /// In the order of the outputs.
    public let names: [String]
    /// Number of the training part's targets of each class.
    public let counts: [Int]

    public init(names: [String], counts: [Int]) {
        (self.names, self.counts) = (names, counts)
    }

    /// Weights with which each class counts the same: targets / (classes · targets of the class), as scikit-learn's and Keras's "balanced".
    /// A class without a training target isn't counted, and has 1.
    public var balancedWeights: [Double] {
        let (total, classCount) = (counts.reduce(0, +), counts.count { $0 > 0 })
        return counts.map { $0 > 0 ? Double(total) / (Double(classCount) * Double($0)) : 1 }
    }
}
