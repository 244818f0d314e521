/// What is to be predicted of a sequence.
public enum SequenceTargetKind: String, Sendable, Hashable, CaseIterable {
    /// Its class.
    case `class`
    /// A class of each of its time steps: the labelling of a sequence.
    case classes
}
