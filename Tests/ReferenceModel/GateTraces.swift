extension ReferenceModel {
    /// What a layer's gates and states are over one sequence.
    public struct GateTrace: Sendable {
        /// `[gate][time][hidden]`, the gates in the order of the weights' rows.
        public var gates: [[[Double]]]
        /// `[time][hidden]`; of a cell without cell states, empty lists.
        public var cells: [[Double]], hiddens: [[Double]]
    }

    /// The gates and states of `layer` over a sequence of `input`, from zero states.
    /// - Throws: ``ReferenceError`` if parameters or input don't fit the model.
    public func gateTrace(_ input: Input, sequence: Int, layer: Int) throws(ReferenceError) -> GateTrace {
        let weights = try Weights(of: self)
        try check(input)
        let steps = weights.forward(rows(of: input, sequence, weights.embedding), from: zeroStates(sequenceCount: input.lengths.count), sequence)[layer]
        return GateTrace(
            gates: (0..<cell.gateCount).map { gate in steps.map { $0.gates[gate] } }, cells: steps.map(\.cell), hiddens: steps.map(\.hidden))
    }
}
