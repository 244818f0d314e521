import Kernels

/// A copy of what a recurrent layer computed of one sequence: `[time, unit]` each, row after row.
public struct LayerTrace: Sendable, Equatable {
    public let cell: RecurrentDescription
    public let timeCount: Int
    public let unitCount: Int
    /// The values of the gates, in the order of ``RecurrentDescription/gates``: after their σ or tanh. An sLSTM's input and forget gate are the shares of new
    /// and old in C/n, i′/n_t and f′·n_{t-1}/n_t, which don't depend on the stabilizer and add up to 1.
    public var gates: [[Float]]
    /// After each time step; of an sLSTM C/n. Empty for a cell without such a state.
    public var cells: [Float] = []
    /// After each time step: of the units, before a projection.
    public var hiddens: [Float] = []

    init(cell: RecurrentDescription, timeCount: Int, unitCount: Int) {
        self.cell = cell
        self.timeCount = timeCount
        self.unitCount = unitCount
        gates = Array(repeating: [], count: cell.gateCount)
    }

    /// One unit's values of such a list over time.
    public func values(ofUnit unit: Int, in list: [Float]) -> [Float] {
        precondition((0..<unitCount).contains(unit) && list.count == timeCount * unitCount, "unit \(unit) of \(unitCount)")
        return stride(from: unit, to: list.count, by: unitCount).map { list[$0] }
    }
}

extension RecurrentLayer {
    /// Of the first `length` time steps of a sequence of the last forward pass, before the backward pass.
    package func trace(sequence: Int, length: Int) -> LayerTrace {
        precondition((0..<activations.sequenceCount).contains(sequence) && (0...activations.timeCount).contains(length), "sequence \(sequence), \(length) steps")
        let layouts = activations.layouts
        var trace = LayerTrace(cell: layouts.layer, timeCount: length, unitCount: layouts.hidden)
        for time in 0..<length {
            let row = (time * activations.sequenceCount + sequence) * layouts.kept.width
            for gate in trace.gates.indices {
                let group = layouts.inputGroup(ofGate: gate)
                trace.gates[gate] += (0..<layouts.hidden).map { activations.kept[row + layouts.kept.index(group: group, unit: $0)] }
            }
            // The first row of states is the initial one.
            func units(_ rows: FloatView) -> [Float] { rows.slice(from: sequence * layouts.stateWidth, count: layouts.hidden).array() }
            if activations.hasCellState { trace.cells += units(activations.state(.cell, at: time + 1)) }
            if layouts.layer.hasNormalizer {
                trace.normalize(time: time, from: units(activations.state(.normalizer, at: time)), to: units(activations.state(.normalizer, at: time + 1)))
            }
            trace.hiddens += units(unprojectedOutputs(time: time))
        }
        return trace
    }
}
