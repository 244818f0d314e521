import Kernels

/// A copy of one layer's gates and states over one sequence: `[time, unit]` each, row after row.
public struct LayerTrace: Sendable, Equatable {
    public let timeCount: Int
    public let unitCount: Int
    public var inputGates: [Float] = []
    public var forgetGates: [Float] = []
    public var candidates: [Float] = []
    public var outputGates: [Float] = []
    /// After each time step.
    public var cells: [Float] = []
    /// After each time step.
    public var hiddens: [Float] = []

    init(timeCount: Int, unitCount: Int) {
        self.timeCount = timeCount
        self.unitCount = unitCount
    }

    /// One unit's values of such a list over time.
    public func values(ofUnit unit: Int, in list: [Float]) -> [Float] {
        precondition((0..<unitCount).contains(unit) && list.count == timeCount * unitCount, "unit \(unit) of \(unitCount)")
        return stride(from: unit, to: list.count, by: unitCount).map { list[$0] }
    }
}

extension Network {
    /// The gates and states of a layer over the first `length` time steps of a sequence of the last `forward`; where segments are kept, over those
    /// of the last segment only. To be asked before `backward`, which puts derivatives in their place. Cost: copies 6 · length · hidden floats.
    /// - Precondition: the last batch had such a sequence, so long.
    public func trace(layer: Int, sequence: Int, length: Int) -> LayerTrace {
        let activations = layers[layer].activations
        precondition((0..<activations.sequenceCount).contains(sequence) && (0...activations.timeCount).contains(length), "sequence \(sequence), \(length) steps")
        let layout = activations.layout
        var trace = LayerTrace(timeCount: length, unitCount: shape.hidden)
        for time in 0..<length {
            let gates = (time * activations.sequenceCount + sequence) * layout.gateWidth
            // The first row of states is the initial one.
            let states = ((time + 1) * activations.sequenceCount + sequence) * layout.stateWidth
            for unit in 0..<shape.hidden {
                trace.inputGates.append(activations.gates[gates + layout.index(gate: 0, unit: unit)])
                trace.forgetGates.append(activations.gates[gates + layout.index(gate: 1, unit: unit)])
                trace.candidates.append(activations.gates[gates + layout.index(gate: 2, unit: unit)])
                trace.outputGates.append(activations.gates[gates + layout.index(gate: 3, unit: unit)])
                trace.cells.append(activations.cells[states + unit])
                trace.hiddens.append(activations.hiddens[states + unit])
            }
        }
        return trace
    }
}
