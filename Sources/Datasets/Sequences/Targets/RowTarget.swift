/// The target of a sequence, as a reader finds it.
enum RowTarget: Equatable {
    /// There is none, where that may be: see ``SequenceOptions/needsLabel``.
    case missing
    /// The sequence's class.
    case name(String)
    /// The class of each time step, or the symbols of a transcript.
    case names([String])
    /// The labels that are on at each time step.
    case sets([[String]])
    /// Numbers of the sequence, or of its time steps one after the other.
    case numbers([Double])

    /// A sequence's class, or "" if it is missing.
    var name: String { if case .name(let name) = self { name } else { "" } }

    /// The classes of its time steps, or those of the sequence: one, or none.
    var names: [String] {
        switch self {
        case .missing: []
        case .name(let name): [name]
        case .names(let names): names
        case .sets, .numbers: []
        }
    }

    /// The sequence's numbers.
    var numbers: [Double] { if case .numbers(let numbers) = self { numbers } else { [] } }

    /// The labels of each time step.
    var sets: [[String]] { if case .sets(let sets) = self { sets } else { [] } }
}

extension SequenceOptions {
    /// The target that a text says: a class, or with a class a time step the classes between blanks, or of labels between blanks those of each step, between
    /// commas, and "-" for none; or the symbols of a transcript. A text of blanks is a missing one.
    func target(_ text: some StringProtocol) -> RowTarget {
        let text = String(text).trimmed
        guard !text.isEmpty else { return .missing }
        let steps = text.split(whereSeparator: \.isWhitespace)
        switch target {
        case .class: return .name(text)
        case .classes: return .names(steps.map(String.init))
        case .numbers, .numbersEveryStep, .nextNumbers: preconditionFailure("numbers are no labels")
        case .transcript: return .names(transcriptUnit.symbols(of: text))
        case .multiLabel, .next: return .sets(steps.map { $0 == "-" ? [] : $0.split(separator: ",").map(String.init) })
        }
    }
}
