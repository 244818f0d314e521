import Layers
import Models

/// What a model's layers carry from one part of a sequence to the next, as exports pass it: of recurrent layers stacked, `[layers, batch, hidden]`, as PyTorch does
/// where the layers are a plain stack of a PyTorch module's layers; otherwise a list with each layer's that has a state, `[directions, batch, width]`.
struct ExportedStates: Sendable {
    /// One array: for example the hidden states or the cell states of one layer or all.
    struct Part: Sendable {
        /// "h".
        let name: String
        /// "_l0" of recurrent layer 0, "_layer3" of another layer, or nothing where the layers are stacked.
        let ending: String
        /// "Hidden".
        let meaning: String
        /// Where the numbers of each layer or direction stand in a sequence's state (`StateLayout`).
        var ranges: [Range<Int>]
        /// Numbers of each of the steps that it holds, if its last number counts them; 0 if there is no such count.
        let stepWidth: Int
        var isCounted: Bool { stepWidth > 0 }

        /// Layers or directions.
        var count: Int { ranges.count }
        /// Numbers of each.
        var width: Int { ranges[0].count }

        /// The same part of this one's layers and then of another's.
        fileprivate func joined(to other: Part) -> Part {
            var whole = self
            whole.ranges += other.ranges
            return whole
        }

        /// "h0_l1" at the begin, "hn_l1" at a sequence's end.
        func name(_ suffix: String) -> String { name + suffix + ending }
    }

    let isStacked: Bool
    /// Parts that go together: of all layers, or of each one.
    let groups: [[Part]]
    /// Of each of the model's layers between input and head the number of its group; nil if it has no state.
    let indices: [Int?]

    init(_ shape: ModelDescription) {
        let recurrent = shape.recurrentLayers
        let isPlain = recurrent.allSatisfy { !$0.isBidirectional && $0.connection == .none && CellExport($0).pytorchModule != nil }
        let isOnlyRecurrent = shape.layers.count { !$0.isForTrainingOnly } == recurrent.count
        let isStacked = isPlain && isOnlyRecurrent && shape.repeatedLayer != nil
        var groups: [[Part]] = []
        var indices: [Int?] = []
        let layout = ModelPlan(shape).state
        var place = 0
        for (number, (layer, kind)) in zip(shape.layers, shape.exportedKinds).enumerated() {
            let inputWidth = shape.inputWidth(ofLayer: number)
            let count = layer.stateParts(reading: inputWidth).count
            let parts = kind.map { kind -> [Part] in
                let ending = isStacked ? "" : kind.stateEnding(number: number)
                return Self.parts(of: kind, places: place..<place + count, layout, inputWidth: inputWidth, ending: ending)
            } ?? []
            place += count
            indices.append(parts.isEmpty ? nil : isStacked ? 0 : groups.count)
            if isStacked, let first = groups.first, !parts.isEmpty {
                groups = [zip(first, parts).map { $0.joined(to: $1) }]
            } else if !parts.isEmpty {
                groups.append(parts)
            }
        }
        (self.isStacked, self.groups, self.indices) = (isStacked, groups, indices)
    }

    /// - Parameter places: of the layer's states in `layout`: of a recurrent layer's directions, or of another layer's parts.
    private static func parts(of kind: ExportedLayer.Kind, places: Range<Int>, _ layout: StateLayout, inputWidth: Int, ending: String) -> [Part] {
        guard !places.isEmpty else { return [] }
        let isRecurrent = if case .recurrent = kind { true } else { false }
        let stepWidth = if case .transformer = kind { inputWidth } else { 0 }
        return kind.stateParts.enumerated().map { index, part in
            let ranges = isRecurrent ? places.compactMap { layout.range(layer: $0, part: index) } : [layout.range(layer: places.lowerBound + index, part: 0)].compactMap { $0 }
            return Part(name: part.name, ending: ending, meaning: part.meaning, ranges: ranges, stepWidth: stepWidth)
        }
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
        guard isStacked, parts.count > 1, parts.allSatisfy({ $0.width == parts[0].width }) else {
            return expression { "np.zeros((\($0.count), batch, \($0.width)), np.float32)" }
        }
        return "np.zeros((\(parts.count), \(parts[0].count), batch, \(parts[0].width)), np.float32)"
    }

    /// For documentation: "h and c, each [2, batch, 9]"; "a list with (h, c), each [1, batch, 9]; h [2, batch, 5]".
    var words: String {
        let groups = groups.map { group in
            func shape(_ part: Part) -> String { "[\(part.count), batch, \(part.width)]" }
            if group.count == 1 { return "\(group[0].name) \(shape(group[0]))" }
            let names = group.map(\.name)
            guard group.allSatisfy({ $0.width == group[0].width }) else { return "(" + group.map { "\($0.name) \(shape($0))" }.joined(separator: ", ") + ")" }
            return isStacked ? "\(names.joined(separator: " and ")), each \(shape(group[0]))" : "(\(names.joined(separator: ", "))), each \(shape(group[0]))"
        }
        return (isStacked ? "" : "a list with ") + groups.joined(separator: "; ")
    }
}

extension ExportedLayer.Kind {
    /// - Parameter number: the layer's place among the model's, from 0.
    fileprivate func stateEnding(number: Int) -> String {
        if case .recurrent(_, let index) = self { "_l\(index)" } else { "_layer\(number)" }
    }
}

extension ExportedModel {
    var states: ExportedStates { ExportedStates(shape) }
}
