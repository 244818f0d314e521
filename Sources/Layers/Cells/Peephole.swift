import CVector

/// A weight of each unit from its cell state to a gate (Gers & Schmidhuber 2000).
struct Peephole: Sendable, Equatable {
    /// The gate's end of the parameter's name: "rnn.weight_ci_l0".
    let name: String
    /// The gate, in the order of the weights' rows.
    let gate: Int
    /// Its place in ``PeepholeLanes``.
    let place: Int
    /// Whether it reads the cell state after the time step, not before.
    let readsNewCell: Bool

    static func input(ofGate gate: Int) -> Peephole { Peephole(name: "ci", gate: gate, place: 0, readsNewCell: false) }
    static func forget(ofGate gate: Int) -> Peephole { Peephole(name: "cf", gate: gate, place: 1, readsNewCell: false) }
    static func output(ofGate gate: Int) -> Peephole { Peephole(name: "co", gate: gate, place: 2, readsNewCell: true) }

    /// Places in ``PeepholeLanes``.
    static let placeCount = 3
}

/// A vector of units' peepholes; 0 where there are none.
struct PeepholeLanes {
    var input: Lane
    var forget: Lane
    var output: Lane
}

/// Whether a cell has peepholes: a type, so that each cell is compiled for one of the two.
protocol PeepholeUse {
    static var areUsed: Bool { get }
}

extension PeepholeUse {
    /// A gate's sum, with weight ∘ cell if there are peepholes.
    @inline(__always)
    static func sum(_ weight: Lane, _ cell: Lane, _ sum: Lane) -> Lane { areUsed ? laneFMA(weight, cell, sum) : sum }
}

enum WithPeepholes: PeepholeUse {
    static var areUsed: Bool {
        @inline(__always) get { true }
    }
}

enum WithoutPeepholes: PeepholeUse {
    static var areUsed: Bool {
        @inline(__always) get { false }
    }
}
