extension ReferenceModel {
    /// A recurrent layer's hidden states over one sequence, from zero, `[time][hidden]`.
    /// - Parameters:
    ///   - inputs: `[time][input]`.
    ///   - values: its parameters by PyTorch's names without the layer's number: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
    public static func outputs(of cell: Cell, hidden: Int, reading inputs: [[Double]], _ values: (_ name: String) -> [Double]) -> [[Double]] {
        let gates = cell.gateCount * hidden
        let weights = LayerWeights(
            cell: cell, inputWeight: Matrix(rows: gates, columns: inputs[0].count, elements: values("weight_ih"), rounding: .none),
            hiddenWeight: Matrix(rows: gates, columns: hidden, elements: values("weight_hh"), rounding: .none), inputBias: values("bias_ih"),
            hiddenBias: values("bias_hh"), peepholes: Dictionary(uniqueKeysWithValues: cell.peepholes.map { ($0, values("weight_\($0)")) }))
        let zeros = [Double](repeating: 0, count: hidden)
        return weights.forward(inputs, h: zeros, c: cell.hasCellState ? zeros : []).map(\.hidden)
    }
}
