extension ReferenceModel {
    /// What a layer's gates and states are over one sequence, `[time][hidden]` each.
    public struct GateTrace: Sendable {
        public var inputGates: [[Double]], forgetGates: [[Double]], candidates: [[Double]], outputGates: [[Double]]
        public var cells: [[Double]], hiddens: [[Double]]
    }

    /// The gates and states of `layer` over a sequence of `input`, from zero states.
    /// - Throws: ``ReferenceError`` if parameters or input don't fit the model.
    public func gateTrace(_ input: Input, sequence: Int, layer: Int) throws(ReferenceError) -> GateTrace {
        let weights = try Weights(of: self)
        try check(input)
        let steps = weights.forward(rows(of: input, sequence, weights.embedding), from: zeroStates(sequenceCount: input.lengths.count), sequence)[layer]
        return GateTrace(
            inputGates: steps.map(\.inputGate), forgetGates: steps.map(\.forgetGate), candidates: steps.map(\.candidate), outputGates: steps.map(\.outputGate),
            cells: steps.map(\.cell), hiddens: steps.map(\.hidden))
    }
}
