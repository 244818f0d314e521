/// The target of a sequence, as a reader finds it.
enum RowTarget: Equatable {
    /// There is none, where that may be: see ``SequenceOptions/needsLabel``.
    case missing
    /// The sequence's class.
    case name(String)
    /// The class of each time step.
    case names([String])

    /// A sequence's class, or "" if it is missing.
    var name: String { if case .name(let name) = self { name } else { "" } }

    /// The classes of its time steps, or those of the sequence: one, or none.
    var names: [String] {
        switch self {
        case .missing: []
        case .name(let name): [name]
        case .names(let names): names
        }
    }
}

extension SequenceOptions {
    /// The target that a text says: a class, or with a class a time step the classes between blanks. A text of blanks is a missing one.
    func target(_ text: some StringProtocol) -> RowTarget {
        let text = String(text).trimmed
        guard !text.isEmpty else { return .missing }
        return target == .class ? .name(text) : .names(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
