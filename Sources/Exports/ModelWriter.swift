import Layers
import Models

/// Writes a model in a format: it is given the layers one by one, from the input to the head. A format has one writer, which is the only place that knows how
/// the format lays out each kind of layer.
protocol ModelWriter: ~Copyable {
    mutating func add(_ layer: ExportedLayer) throws
}

/// A layer with its weights.
struct ExportedLayer {
    enum Kind {
        /// A table with a row for each token.
        case embedding
        /// - Parameter index: its number among the recurrent layers, from 0.
        case recurrent(RecurrentDescription, index: Int)
        case dense(DenseActivation)
        case layerNorm(epsilon: Double)
        case convolution(ConvolutionDescription)
        case temporalBlock(TemporalBlockDescription)
        case pool(PoolMethod)
        /// Of every `stride` steps the first `count`, side by side.
        case frames(count: Int, stride: Int)
        case transformer(TransformerDescription)
        /// A layer for training only.
        case nothing
        /// The linear layer on top.
        case head
    }

    let kind: Kind
    /// Its number among the description's layers, from 0; nil for the embedding and the head.
    let place: Int?
    /// The number of its state's group (``ExportedStates``); nil if it has none.
    let stateIndex: Int?
    let plan: LayerPlan
    /// The flat buffer of the whole model.
    private let buffer: [Float]

    init(_ kind: Kind, place: Int? = nil, stateIndex: Int? = nil, _ plan: LayerPlan, buffer: [Float]) {
        (self.kind, self.place, self.stateIndex, self.plan, self.buffer) = (kind, place, stateIndex, plan, buffer)
    }

    /// The values of one of the plan's parameters, row by row.
    func values(_ place: Int) -> ArraySlice<Float> { buffer[plan.parameters[place].range] }

    /// The same of a matrix `[rows, columns]`, transposed.
    func transposed(_ place: Int) -> [Float] { Self.transposed(values(place), shape: plan.parameters[place].shape) }

    /// The same of `[channels, inputs, width]`, with the dimensions in the opposite order.
    func reversed(_ place: Int) -> [Float] {
        let (shape, values) = (plan.parameters[place].shape, Array(values(place)))
        return (0..<shape[2]).flatMap { tap in
            (0..<shape[1]).flatMap { input in (0..<shape[0]).map { channel in values[(channel * shape[1] + input) * shape[2] + tap] } }
        }
    }

    static func transposed(_ values: some RandomAccessCollection<Float>, shape: [Int]) -> [Float] {
        let (rows, columns) = (shape[0], shape[1])
        var result = [Float](repeating: 0, count: rows * columns)
        for (place, value) in values.enumerated() { result[place % columns * rows + place / columns] = value }
        return result
    }
}

extension ExportedLayer.Kind {
    /// Nil for a kind that no format has: that is every kind that isn't mentioned here.
    init?(_ layer: LayerDescription, recurrentIndex: Int) {
        switch layer {
        case .recurrent(let description): self = .recurrent(description.trained, index: recurrentIndex)
        case .dense(let description): self = .dense(description.activation)
        case .layerNorm(let description): self = .layerNorm(epsilon: description.epsilon)
        case .convolution(let description): self = .convolution(description)
        case .temporalBlock(let description): self = .temporalBlock(description)
        case .pool(let description): self = .pool(description.method)
        case .subsample(let description): self = .frames(count: 1, stride: description.factor)
        case .stack(let description): self = .frames(count: description.frames, stride: description.frames)
        case .transformer(let description): self = .transformer(description)
        default:
            guard layer.isForTrainingOnly else { return nil }
            self = .nothing
        }
    }

    /// Formats that don't have such a layer.
    var refusedFormats: [ExportFormat] {
        switch self {
        case .recurrent(let description, _): CellExport(description).refusedFormats
        // Keras pads a batch of sequences, not each of them, and has no dilation beside a stride.
        case .convolution(let layer): layer.stride > 1 && (layer.padding == .same || layer.dilation > 1) ? [.keras] : []
        case .frames(let count, _): count > 1 ? [.keras] : []
        case .temporalBlock, .transformer: [.keras]
        case .embedding, .dense, .layerNorm, .pool, .nothing, .head: []
        }
    }

    /// The parts of what it carries from one part of a sequence to the next.
    var stateParts: [(name: String, meaning: String)] {
        switch self {
        case .recurrent(let description, _): CellExport(description).states
        case .convolution: [("steps", "Last steps read")]
        case .temporalBlock: [("steps", "Last steps read"), ("inner", "Last steps between the convolutions")]
        case .transformer: [("steps", "Last steps attended to, and how many they are")]
        default: []
        }
    }
}

// MARK: - Recurrent layers

extension ExportedLayer {
    /// A recurrent layer's directions, forward and, if there is one, backward, each with its parameters.
    var directions: [ExportedLayer] {
        guard case .recurrent(let layer, _) = kind, layer.isBidirectional else { return [self] }
        let half = plan.parameters.count / 2
        return [plan.parameters[..<half], plan.parameters[half...]].map { parameters in
            var plan = plan
            plan.parameters = Array(parameters)
            return ExportedLayer(kind, place: place, stateIndex: stateIndex, plan, buffer: buffer)
        }
    }

    /// One of a direction's parameters with its blocks of rows, one for each gate, in another order; ~g is block g with the opposite sign.
    func gates(_ place: Int, inOrder order: [Int]) -> [Float] {
        guard case .recurrent(let layer, _) = kind else { preconditionFailure("only a recurrent layer has gates") }
        let values = values(place)
        let count = values.count / layer.gateCount
        return order.flatMap { gate in
            let first = values.startIndex + (gate < 0 ? ~gate : gate) * count
            return gate < 0 ? values[first..<first + count].map { -$0 } : Array(values[first..<first + count])
        }
    }

    /// A direction's peepholes, which follow the biases, in another order; ~p is peephole p with the opposite sign.
    func peepholes(inOrder order: [Int]) -> [Float] {
        order.flatMap { place in place < 0 ? values(4 + ~place).map { -$0 } : Array(values(4 + place)) }
    }
}

// MARK: - A model's layers

extension ModelDescription {
    /// What exports call the layers between the input and the head; nil for a layer that no format has.
    var exportedKinds: [ExportedLayer.Kind?] {
        var recurrentCount = 0
        return layers.map { layer in
            let kind = ExportedLayer.Kind(layer, recurrentIndex: recurrentCount)
            if case .some(.recurrent) = kind { recurrentCount += 1 }
            return kind
        }
    }

    /// The rows of the plan for the layers between the input and the head.
    private var hiddenPlans: [LayerPlan] { Array(ModelPlan(self).layers.dropLast().suffix(layers.count)) }

    /// Refuses a model with a layer that no format has.
    func requireExportedLayers() throws(ExportError) {
        let refused = exportedKinds.firstIndex { kind in kind.map { Set($0.refusedFormats) == Set(ExportFormat.allCases) } ?? true }
        if let refused { throw .layerNotExported(number: refused + 1, name: hiddenPlans[refused].name) }
    }

    /// Refuses a model with a layer that `format` doesn't have.
    func requireLayers(in format: ExportFormat) throws(ExportError) {
        try requireExportedLayers()
        for (index, kind) in exportedKinds.enumerated() {
            let refused = kind?.refusedFormats ?? []
            guard refused.contains(format) else { continue }
            let others = ExportFormat.allCases.filter { !refused.contains($0) }
            throw .layerUnknown(format: format, layer: "layer \(index + 1) (\(hiddenPlans[index].name))", others: others)
        }
    }
}

extension ExportedModel {
    /// From the input to the head.
    var layers: [ExportedLayer] {
        let plans = ModelPlan(shape).layers
        let stateIndices = states.indices
        var layers: [ExportedLayer] = []
        if case .embedding = shape.input { layers.append(ExportedLayer(.embedding, plans[0], buffer: allParameters)) }
        for (index, (kind, plan)) in zip(shape.exportedKinds, plans.dropLast().suffix(shape.layers.count)).enumerated() {
            guard let kind else { preconditionFailure("refused before: ExportError.layerNotExported") }
            layers.append(ExportedLayer(kind, place: index, stateIndex: stateIndices[index], plan, buffer: allParameters))
        }
        return layers + [ExportedLayer(.head, plans[plans.count - 1], buffer: allParameters)]
    }

    /// Gives all layers to `writer`.
    func write(to writer: inout some ModelWriter & ~Copyable) throws {
        for layer in layers { try writer.add(layer) }
    }

    /// Whether the head reads the last recurrent layer's hidden state at each sequence's end.
    var headReadsState: Bool {
        guard !hasOutputEveryStep, case .some(.recurrent(let top)) = shape.layers.last(where: { !$0.isForTrainingOnly }) else { return false }
        return !top.isBidirectional && top.connection == .none
    }
}
