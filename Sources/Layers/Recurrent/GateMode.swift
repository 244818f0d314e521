/// Division of the recurrence among threads. Both give the same bits.
public enum GateMode: String, Sendable, CaseIterable {
    /// A thread owns blocks of units with all four of their gates: one barrier a time step.
    case fused
    /// Each gate is a task of its own, and a second barrier comes before the cell: two a time step.
    case split
}
