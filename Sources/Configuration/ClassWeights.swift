import StrictJSON

/// How much the targets of each class count in the training loss.
public enum ClassWeights: Sendable, Equatable {
    /// Each target the same.
    case none
    /// Each class the same: by the training part's targets, those of all classes / (classes · those of the class).
    case balanced
    /// By the classes' names; those that aren't among them have 1.
    case named([Weight])

    /// The weight of a class.
    public struct Weight: Sendable, Equatable {
        public let name: String
        public let value: Double
    }
}

// `"none"`, `"balanced"` or `{"a": 2.0, "b": 0.5}`.
extension ClassWeights {
    /// Far more than is useful, and few enough that a weighted loss stays a number.
    private static let range = RealRange.above(0).atMost(1e6)
    static let wanted = "\"none\", \"balanced\" or an object of weights by class, each a number \(range.words), as in {\"rare\": 5}"
    static let tableWords = "`\"none\"`, `\"balanced\"` or an object of weights by class, each a number \(range.words)"

    /// Nil for anything else.
    init?(_ value: JSONValue) {
        switch value.stringValue {
        case "none": self = .none
        case "balanced": self = .balanced
        default:
            guard let members = value.objectValue, !members.isEmpty else { return nil }
            let weights = members.compactMap { member in
                member.value.realValue.flatMap { Self.range.contains($0) ? Weight(name: member.key, value: $0) : nil }
            }
            guard weights.count == members.count else { return nil }
            self = .named(weights)
        }
    }

    var json: JSONValue {
        switch self {
        case .none: .text("none")
        case .balanced: .text("balanced")
        case .named(let weights): JSONValue(.object(weights.map { JSONMember(key: $0.name, value: .real($0.value)) }))
        }
    }

    static var schema: JSONValue {
        .list([
            .object(["type": .text("string"), "enum": .list([.text("none"), .text("balanced")])]),
            .object(["type": .text("object"), "minProperties": .integer(1), "additionalProperties": JSONValue(.object(range.schemaMembers))]),
        ])
    }
}
