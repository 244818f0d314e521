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
        let state = layer.stateIndex.map { "state[\($0)]" }
        switch layer.kind {
        case .embedding, .nothing, .head: return []
        case .layerNorm(let epsilon): return ["x = normalise(x, \(weight(0)), \(weight(1)), \(epsilon))"]
        case .dense(let activation): return ["x = \(activated(activation, "x @ \(weight(0)).T + \(weight(1))", .numpy))"]
        case .recurrent(let description, let index):
            let place = layer.stateIndex ?? index
            return (description.isBidirectional ? numpyBothWays(description, index: index, place: place) : numpyOneWay(description, index: index, place: place))
                + numpyConnection(description)
        case .convolution(let description):
            let options = [("stride", description.stride), ("dilation", description.dilation)].filter { $0.1 > 1 }.map { ", \($0.0)=\($0.1)" }
            let output = activated(description.activation, "convolve(x, \(weight(0)), \(weight(1))\(options.joined()))", .numpy)
            return convolution(description, state: state, output, .numpy)
        case .temporalBlock(let description):
            let dilation = description.dilation > 1 ? ", dilation=\(description.dilation)" : ""
            func inner(_ place: Int) -> String { "lambda x: convolve(x, \(weight(2 * place)), \(weight(2 * place + 1))\(place < 2 ? dilation : ""))" }
            return temporalBlock(description, state: state, inner(0), inner(1), around: layer.plan.parameters.count > 4 ? inner(2) : nil)
        case .pool(let method):
            return pool(method, scores: method == .attention ? "np.tanh(x @ \(weight(0)).T + \(weight(1))) @ \(weight(2)).T" : "", .numpy)
        case .frames(let count, let stride): return frames(count: count, stride: stride, width: layer.plan.inputWidth, .numpy)
        case .transformer(let description): return numpyTransformer(layer, description, state: state)
        }
    }

    private func numpyTransformer(_ layer: ExportedLayer, _ description: TransformerDescription, state: String?) -> [String] {
        let activation = description.activation == .gelu ? "gelu" : "lambda x: np.maximum(x, 0)"
        let options = [
            "heads=\(description.heads)", "norm_first=\(literal(description.norm == .pre))", "activation=\(activation)", "causal=\(literal(description.isCausal))",
            "context=\(description.context)", "positions=\"\(description.positions.rawValue)\"",
        ]
        return [
            "x, \(state ?? "_") = transformer(",
            "    w, \"layers.\(layer.place ?? 0)\", x, lengths, \(state ?? "None"), \(options.joined(separator: ", "))", ")",
        ]
    }

    private func numpyOneWay(_ description: RecurrentDescription, index: Int, place: Int) -> [String] {
        let names = states.groups[place].map(\.name)
        let y = description.connection == .none ? "x" : "y"
        let (function, cell) = (numpyCellName(description), CellExport(description))
        return [
            "\(names.joined(separator: ", ")) = state[\(place)]",
            "\(y), \(names.joined(separator: ", ")) = \(function)(w, \"\(index)\", x, lengths, \(names.map { "\($0)[0]" }.joined(separator: ", ")))",
            "state[\(place)] = \(cell.grouped(names.map { "\($0)[None]" }))",
        ]
    }

    private func numpyBothWays(_ description: RecurrentDescription, index: Int, place: Int) -> [String] {
        let names = states.groups[place].map(\.name)
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
            "\(names.joined(separator: ", ")) = state[\(place)]",
            "ahead, \(names.map { $0 + "_ahead" }.joined(separator: ", ")) = \(called("", "x", 0))",
            "behind, \(names.map { $0 + "_behind" }.joined(separator: ", ")) = \(called("_reverse", "reverse(x, lengths)", 1))",
            "behind = reverse(behind, lengths)",
            "\(y) = \(merged)",
            "state[\(place)] = \(cell.grouped(names.map { "np.stack([\($0)_ahead, \($0)_behind])" }))",
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

    /// The model's cells, each once.
    var differentCells: [RecurrentDescription] {
        var cells: [RecurrentDescription] = []
        for description in model.shape.recurrentLayers.map(\.cellAlone) where !cells.contains(where: { $0.name == description.name }) { cells.append(description) }
        return cells
    }

    /// The words of a cell's name: ["LSTM", "zoneout", "0", "1"].
    func words(of description: RecurrentDescription) -> [String] {
        description.cellAlone.name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    }

    /// "lstm", "lstm_peepholes".
    private func numpyCellName(_ description: RecurrentDescription) -> String { words(of: description).joined(separator: "_").lowercased() }

    /// A function for each cell of the model.
    var numpyCells: [String] { differentCells.map(numpyCell) }

    private func numpyCell(_ description: RecurrentDescription) -> String {
        let (states, names, numpy) = (CellExport(description).stateNames, description.parameterNames, ArrayLibrary.numpy)
        return """
            def \(numpyCellName(description))(w: dict, layer: int | str, x: np.ndarray, lengths: np.ndarray, \(states.map { "\($0): np.ndarray" }.joined(separator: ", "))):
                \"\"\"The outputs [batch, time, hidden] over x, and \(states.joined(separator: ", ")) at each sequence's end; `layer` ends the weights' names.\"\"\"
                names = "\(names.joined(separator: " "))"
                \(names.joined(separator: ", ")) = (w[f"rnn.{name}_l{layer}"] for name in names.split())
                products = x @ weight_ih.T if x.ndim == 3 else weight_ih.T[x]
                \(numpy(description.loopBeginning).joined(separator: "\n    "))
                outputs = np.zeros((*x.shape[:2], h.shape[1]), np.float32)
                for t in range(x.shape[1]):
                    \(numpy(description.loopStep).joined(separator: "\n        "))
                    outputs[:, t] = h
                return outputs, \(states.joined(separator: ", "))
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
}
