/// What is to be predicted of a sequence.
public enum SequenceTargetKind: String, Sendable, Hashable, CaseIterable {
    /// Those that a configuration names: ``next`` stands for ``nextNumbers`` where the inputs are numbers.
    public static let allCases: [SequenceTargetKind] = [.class, .classes, .multiLabel, .next, .numbers, .numbersEveryStep, .transcript]

    /// Its class.
    case `class`
    /// A class of each of its time steps: the labelling of a sequence.
    case classes
    /// Which labels are on at each of its time steps.
    case multiLabel
    /// Which labels are on at the next time step, from those of the steps before.
    case next
    /// The numbers of the next time step, or the next point of a drawing.
    case nextNumbers
    /// Numbers, such as what is measured at its end.
    case numbers
    /// Numbers of each of its time steps.
    case numbersEveryStep
    /// Symbols in order that aren't aligned with its time steps: what is said or written.
    case transcript

    /// What the target of a sequence is, for messages.
    var noun: String { self == .transcript ? "transcript" : "class" }

    /// Whether the targets are numbers.
    package var isOfNumbers: Bool { self == .numbers || self == .numbersEveryStep }

    /// Whether each time step has a target.
    var isEveryStep: Bool { self != .class && self != .numbers && self != .transcript }
}
