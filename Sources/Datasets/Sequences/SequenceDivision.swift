import Kernels
import StrictJSON

/// A column or field that says how sequences come to their parts.
public enum SequenceDivision: Sendable, Equatable {
    /// It names a group: a writer, a patient, a session. The sequences of a group are all in the same part.
    case group(String)
    /// It names the part itself: train, validation or test.
    case part(String)

    /// The column's or field's name.
    var column: String {
        switch self {
        case .group(let column), .part(let column): column
        }
    }

    /// The key of the configuration that names it.
    var key: String {
        switch self {
        case .group: "data.group"
        case .part: "data.part"
        }
    }

    /// The part that a field names; nil if it is none.
    static func part(_ text: String) -> DataPart? {
        switch text.lowercased() {
        case "train", "training": .training
        case "validation", "valid", "val", "dev": .validation
        case "test", "testing": .test
        default: nil
        }
    }
}

extension SequenceTable {
    /// Divides the first `count` sequences.
    /// - Throws: ``DatasetError`` for a sequence without a group, or whose part isn't one.
    func split(_ division: SequenceDivision, count: Int, split: SplitFractions, seed: UInt64) throws(DatasetError) -> StratifiedSplit {
        for row in 0..<count where divisions[row].isEmpty {
            throw error("the sequence has nothing in '\(shown(division.column))' (\(division.key)). Give it one, or leave it out", at: positions[row])
        }
        guard case .part = division else { return StratifiedSplit(groups: divisions.prefix(count), split: split, seed: seed) }
        var parts = Array(repeating: [UInt32](), count: DataPart.allCases.count)
        for row in 0..<count {
            guard let part = SequenceDivision.part(divisions[row]) else {
                throw error(
                    "'\(shown(divisions[row]))' is none of the parts train, validation and test (data.part). Fix it, or leave the sequence out",
                    at: positions[row])
            }
            parts[part.rawValue].append(UInt32(row))
        }
        return StratifiedSplit(parts: parts)
    }

    private func shown(_ text: String) -> String { JSONValue.printable(text, scalarCount: 40) }
}

extension StratifiedSplit {
    /// Whole groups for each part: in an order drawn by the seed, each goes to the test while that then has at most its share of the examples, or half a group
    /// more; then to validation in the same way; then to training. Classes have no say in it.
    /// - Parameter groups: the name of each example's group.
    init(groups: some Collection<String>, split: SplitFractions, seed: UInt64) {
        guard split != .evaluatedWhole else {
            self.init(parts: [[], [], Array(0..<UInt32(groups.count))])
            return
        }
        var places: [String: Int] = [:]
        var members: [[UInt32]] = []
        for (example, group) in groups.enumerated() {
            if let place = places[group] { members[place].append(UInt32(example)) } else {
                places[group] = members.count
                members.append([UInt32(example)])
            }
        }
        let random = Philox(seed: seed, purpose: .examples)
        let order = members.indices.map { (key: random.block($0, 0).x, group: $0) }.sorted { ($0.key, $0.group) < ($1.key, $1.group) }
        var parts = Array(repeating: [UInt32](), count: DataPart.allCases.count)
        for (_, group) in order {
            let own = members[group]
            func fits(_ part: DataPart, _ share: Double) -> Bool {
                share > 0 && Double(parts[part.rawValue].count) + Double(own.count) / 2 <= share * Double(groups.count) + 1e-6
            }
            let part = fits(.test, split.test) ? DataPart.test : fits(.validation, split.validation) ? .validation : .training
            parts[part.rawValue] += own
        }
        self.init(parts: parts.map { $0.sorted() })
    }
}
