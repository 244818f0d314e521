import Layers
import Models

// Layers in `model.py` for NumPy: functions for what they compute, and the statements that call them.
extension PythonModule {
    private static let head = "x @ w[\"head.weight\"].T + w[\"head.bias\"]"

    // MARK: Statements

    /// From `x`, `lengths` and `state` to the outputs and the states, for layers that are alike.
    var numpyStack: [String] {
        let parts = states.parts.map(\.name)
        let copies = parts.count == 1 ? "np.array(state)" : "(np.array(part) for part in state)"
        let ends = parts.map { "\($0)[layer]" }.joined(separator: ", ")
        return [
            "\(parts.joined(separator: ", ")) = \(copies) if state is not None else \(states.numpyZeros)",
            "for layer in range(\(model.layerCount)):",
            "    x, \(ends) = \(numpyCellName(model.shape.recurrentLayers[0]))(w, layer, x, lengths, \(ends))",
        ] + numpyOutputs(state: states.expression { $0.name })
    }

    /// The same for layers that differ.
    var numpyList: [String] {
        ["state = list(state) if state is not None else zero_state(batch)"] + model.layers.flatMap(numpyStep) + numpyOutputs(state: "state")
    }

    private func numpyOutputs(state: String) -> [String] {
        (model.hasOutputEveryStep ? [] : ["x = x[np.arange(batch), lengths - 1]"]) + ["return \(Self.head), \(state)"]
    }

    /// Statements from `x` below the layer to `x` above it.
    private func numpyStep(_ layer: ExportedLayer) -> [String] {
        func weight(_ place: Int) -> String { "w[\"\(layer.plan.parameters[place].name)\"]" }
        switch layer.kind {
        case .embedding, .nothing, .head: return []
        case .layerNorm(let epsilon): return ["x = normalise(x, \(weight(0)), \(weight(1)), \(epsilon))"]
        case .dense(let activation):
            let sum = "x @ \(weight(0)).T + \(weight(1))"
            return switch activation {
            case .linear: ["x = \(sum)"]
            case .relu: ["x = np.maximum(\(sum), 0)"]
            case .tanh: ["x = np.tanh(\(sum))"]
            case .sigmoid: ["x = sigmoid(\(sum))"]
            }
        case .recurrent(let description, let index):
            return (description.isBidirectional ? numpyBothWays(description, index: index) : numpyOneWay(description, index: index))
                + numpyConnection(description)
        }
    }

    private func numpyOneWay(_ description: RecurrentDescription, index: Int) -> [String] {
        let names = states.groups[index].map(\.name)
        let y = description.connection == .none ? "x" : "y"
        let (function, cell) = (numpyCellName(description), CellExport(description))
        return [
            "\(names.joined(separator: ", ")) = state[\(index)]",
            "\(y), \(names.joined(separator: ", ")) = \(function)(w, \"\(index)\", x, lengths, \(names.map { "\($0)[0]" }.joined(separator: ", ")))",
            "state[\(index)] = \(cell.grouped(names.map { "\($0)[None]" }))",
        ]
    }

    private func numpyBothWays(_ description: RecurrentDescription, index: Int) -> [String] {
        let names = states.groups[index].map(\.name)
        let y = description.connection == .none ? "x" : "y"
        let (function, cell) = (numpyCellName(description), CellExport(description))
        func called(_ ending: String, _ x: String, _ direction: Int) -> String {
            let states = names.map { "\($0)[\(direction)]" }.joined(separator: ", ")
            return "\(function)(w, \"\(index)\(ending)\", \(x), lengths, \(states))"
        }
        let merged =
            switch description.merge {
            case .concatenate: "np.concatenate([ahead, behind], axis=2)"
            case .sum: "ahead + behind"
            case .average: "(ahead + behind) / 2"
            }
        return [
            "\(names.joined(separator: ", ")) = state[\(index)]",
            "ahead, \(names.map { $0 + "_ahead" }.joined(separator: ", ")) = \(called("", "x", 0))",
            "behind, \(names.map { $0 + "_behind" }.joined(separator: ", ")) = \(called("_reverse", "reverse(x, lengths)", 1))",
            "behind = reverse(behind, lengths)",
            "\(y) = \(merged)",
            "state[\(index)] = \(cell.grouped(names.map { "np.stack([\($0)_ahead, \($0)_behind])" }))",
        ]
    }

    private func numpyConnection(_ description: RecurrentDescription) -> [String] {
        switch description.connection {
        case .none: []
        case .residual: ["x = x + y"]
        case .concatenate: ["x = np.concatenate([x, y], axis=2)"]
        }
    }

    // MARK: Functions

    /// "lstm", "lstm_peepholes".
    private func numpyCellName(_ description: RecurrentDescription) -> String {
        description.plainCell.name.lowercased().split { !$0.isLetter }.joined(separator: "_")
    }

    /// A function for each cell of the model.
    var numpyCells: String {
        var names: [String] = []
        var functions: [String] = []
        for description in model.shape.recurrentLayers where !names.contains(numpyCellName(description)) {
            names.append(numpyCellName(description))
            functions.append(numpyCell(description, named: numpyCellName(description)))
        }
        return functions.joined(separator: "\n\n\n")
    }

    private func numpyCell(_ description: RecurrentDescription, named name: String) -> String {
        let cell = CellExport(description)
        let states = cell.stateNames.joined(separator: ", ")
        return """
            def \(name)(w: dict, layer: int | str, x: np.ndarray, lengths: np.ndarray, \(cell.stateNames.map { "\($0): np.ndarray" }.joined(separator: ", "))):
                \"\"\"The outputs [batch, time, hidden] over x, and \(states) at each sequence's end; `layer` ends the weights' names.\"\"\"
                weight = w[f"rnn.weight_ih_l{layer}"].T
                sums = (x @ weight if x.ndim == 3 else weight[x]) + w[f"rnn.bias_ih_l{layer}"]\(cell.numpyInputHasBothBiases ? " + w[f\"rnn.bias_hh_l{layer}\"]" : "")
                outputs = np.zeros((*x.shape[:2], h.shape[1]), np.float32)
                for t in range(x.shape[1]):
                    \(cell.numpyStep.joined(separator: "\n        "))
                    outputs[:, t] = h
                return outputs, \(states)
            """
    }

    /// The order of a backward direction; empty if there is none.
    var numpyReverse: String {
        guard model.shape.recurrentLayers.contains(where: \.isBidirectional) else { return "" }
        return """
            def reverse(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
                \"\"\"Each sequence's own time steps in the opposite order; padding stays where it is.\"\"\"
                t = np.arange(x.shape[1])
                steps = np.where(t < lengths[:, None], lengths[:, None] - 1 - t, t)
                return x[np.arange(len(x))[:, None], steps]
            """
    }

    /// Layer normalisation; empty if there is none.
    var numpyLayerNorm: String {
        let isNeeded = model.layers.contains { if case .layerNorm = $0.kind { true } else { false } }
        guard isNeeded else { return "" }
        return """
            def normalise(x: np.ndarray, gain: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
                \"\"\"Each time step's numbers with mean 0 and variance 1, times `gain`, plus `bias`.\"\"\"
                return (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + np.float32(epsilon)) * gain + bias
            """
    }
}
