import Kernels

/// Divides examples into training, validation and test so that each part has each class's share of them, as nearly as whole examples allow.
///
/// In each class, examples are drawn in an order that is a function of the seed, the class and the example's place among those of its class. The first one is
/// for training, so that the model has seen every class.
struct StratifiedSplit {
    /// Examples of each part, in their own order: `[DataPart.rawValue]`.
    let parts: [[UInt32]]

    /// - Parameter classes: of each example, in 0 ..< `classCount`.
    init(_ classes: some RandomAccessCollection<Int32>, classCount: Int, split: SplitFractions, seed: UInt64) {
        guard split != .evaluatedWhole else {
            parts = [[], [], Array(0..<UInt32(classes.count))]
            return
        }
        var members = Array(repeating: [UInt32](), count: classCount)
        for (example, label) in classes.enumerated() { members[Int(label)].append(UInt32(example)) }
        let random = Philox(seed: seed, purpose: .examples)
        var parts = Array(repeating: [UInt32](), count: DataPart.allCases.count)
        // What the parts still lack of their shares, over all classes, so that classes with few examples give to each part in turn.
        var (lacksTest, lacksValidation) = (0.0, 0.0)
        for (label, examples) in members.enumerated() {
            let keys = examples.indices.map { place in (key: random.block(label, place).x, example: examples[place]) }
            let drawn = keys.sorted { ($0.key, $0.example) < ($1.key, $1.example) }.map(\.example)
            for (place, example) in drawn.enumerated() {
                lacksTest += split.test
                lacksValidation += split.validation
                if place > 0, lacksTest >= 1 - 1e-6 {
                    lacksTest -= 1
                    parts[DataPart.test.rawValue].append(example)
                } else if place > 0, lacksValidation >= 1 - 1e-6 {
                    lacksValidation -= 1
                    parts[DataPart.validation.rawValue].append(example)
                } else {
                    parts[DataPart.training.rawValue].append(example)
                }
            }
        }
        self.parts = parts.map { $0.sorted() }
    }

    /// - Parameter parts: examples of each part, in their own order.
    init(parts: [[UInt32]]) { self.parts = parts }

    /// The same with copies of training examples for training, behind these.
    /// - Parameters:
    ///   - copies: of each the example that it is a copy of.
    ///   - first: number of the first copy.
    func addingCopies(_ copies: [Int], after first: Int) -> StratifiedSplit {
        guard !copies.isEmpty else { return self }
        var parts = parts
        let training = Set(parts[DataPart.training.rawValue])
        for (place, original) in copies.enumerated() where training.contains(UInt32(original)) { parts[DataPart.training.rawValue].append(UInt32(first + place)) }
        return StratifiedSplit(parts: parts)
    }

    /// The same with the examples of the files that only one part has, after those of the divided files.
    func adding(_ ranges: PartRanges) -> StratifiedSplit {
        var parts = parts
        for part in DataPart.allCases {
            guard let own = ranges.ownRange(of: part) else { continue }
            parts[part.rawValue] += own.map(UInt32.init)
        }
        return StratifiedSplit(parts: parts)
    }
}
