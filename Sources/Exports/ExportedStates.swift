import Layers
import Models

/// The states of a model's recurrent layers, as exports pass them: stacked, `[layers, batch, hidden]`, as PyTorch does where the layers are a plain stack of
/// layers that are alike; otherwise a list with each layer's, `[directions, batch, hidden]`.
struct ExportedStates: Sendable {
    /// One array: the hidden states or the cell states of one layer or all.
    struct Part: Sendable {
        /// "h".
        let name: String
        /// "_l0", or nothing where the layers are stacked.
        let ending: String
        /// "Hidden".
        let meaning: String
        /// Layers or directions.
        let count: Int
        let hidden: Int

        /// "h0_l1" at the begin, "hn_l1" at a sequence's end.
        func name(_ suffix: String) -> String { name + suffix + ending }
    }

    let isStacked: Bool
    /// Parts that go together: of all layers, or of each one.
    let groups: [[Part]]

    init(_ shape: ModelDescription) {
        let recurrent = shape.recurrentLayers
        let isPlain = recurrent.allSatisfy { !$0.isBidirectional && $0.connection == .none }
        let isOnlyRecurrent = shape.layers.count { !$0.isForTrainingOnly } == recurrent.count
        if isPlain, isOnlyRecurrent, let layer = shape.repeatedLayer {
            isStacked = true
            groups = [Self.parts(of: layer, ending: "", count: recurrent.count)]
        } else {
            isStacked = false
            groups = recurrent.enumerated().map { Self.parts(of: $1, ending: "_l\($0)", count: $1.isBidirectional ? 2 : 1) }
        }
    }

    private static func parts(of layer: RecurrentDescription, ending: String, count: Int) -> [Part] {
        CellExport(layer).states.map { Part(name: $0.name, ending: ending, meaning: $0.meaning, count: count, hidden: layer.hidden) }
    }

    var parts: [Part] { groups.flatMap { $0 } }

    // MARK: In Python

    /// The state as an expression: "(h0, c0)", "h0", or "[(h0_l0, c0_l0), h0_l1]".
    func expression(_ part: (Part) -> String) -> String {
        let groups = groups.map { group in group.count == 1 ? part(group[0]) : "(" + group.map(part).joined(separator: ", ") + ")" }
        return isStacked ? groups[0] : "[" + groups.joined(separator: ", ") + "]"
    }

    func expression(_ suffix: String) -> String { expression { $0.name(suffix) } }

    /// The same to the left of "=", where a tuple needs no brackets.
    func targets(_ suffix: String) -> String { isStacked ? parts.map { $0.name(suffix) }.joined(separator: ", ") : expression(suffix) }

    /// The state's type, of arrays of the type `array`.
    func type(_ array: String) -> String {
        let types = Set(groups.map { $0.count == 1 ? array : "tuple[" + $0.map { _ in array }.joined(separator: ", ") + "]" })
        guard types.count == 1, let type = types.first else { return "list" }
        return isStacked ? type : "list[\(type)]"
    }

    /// NumPy's zeros for a new sequence, where `batch` is known.
    var numpyZeros: String {
        guard isStacked, parts.count > 1 else { return expression { "np.zeros((\($0.count), batch, \($0.hidden)), np.float32)" } }
        return "np.zeros((\(parts.count), \(parts[0].count), batch, \(parts[0].hidden)), np.float32)"
    }

    /// For documentation: "h and c, each [2, batch, 9]"; "a list with (h, c), each [1, batch, 9]; h [2, batch, 5]".
    var words: String {
        let groups = groups.map { group in
            let shape = "[\(group[0].count), batch, \(group[0].hidden)]"
            if group.count == 1 { return "\(group[0].name) \(shape)" }
            let names = group.map(\.name)
            return isStacked ? "\(names.joined(separator: " and ")), each \(shape)" : "(\(names.joined(separator: ", "))), each \(shape)"
        }
        return (isStacked ? "" : "a list with ") + groups.joined(separator: "; ")
    }
}

extension ExportedModel {
    var states: ExportedStates { ExportedStates(shape) }
}
