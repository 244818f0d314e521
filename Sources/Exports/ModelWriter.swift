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
        /// The linear layer on top.
        case head
    }

    let kind: Kind
    let plan: LayerPlan
    /// The flat buffer of the whole model.
    private let buffer: [Float]

    init(_ kind: Kind, _ plan: LayerPlan, buffer: [Float]) {
        (self.kind, self.plan, self.buffer) = (kind, plan, buffer)
    }

    /// The values of one of the plan's parameters, row by row.
    func values(_ place: Int) -> ArraySlice<Float> { buffer[plan.parameters[place].range] }

    /// The same of a matrix `[rows, columns]`, transposed.
    func transposed(_ place: Int) -> [Float] { Self.transposed(values(place), shape: plan.parameters[place].shape) }

    /// The same with its blocks of rows, one for each gate, in another order; ~g is block g with the opposite sign.
    func gates(_ place: Int, inOrder order: [Int]) -> [Float] {
        guard case .recurrent(let layer, _) = kind else { preconditionFailure("only a recurrent layer has gates") }
        let values = values(place)
        let count = values.count / layer.gateCount
        return order.flatMap { gate in
            let first = values.startIndex + (gate < 0 ? ~gate : gate) * count
            return gate < 0 ? values[first..<first + count].map { -$0 } : Array(values[first..<first + count])
        }
    }

    /// The peepholes, which follow the biases, in another order; ~p is peephole p with the opposite sign.
    func peepholes(inOrder order: [Int]) -> [Float] {
        order.flatMap { place in place < 0 ? values(4 + ~place).map { -$0 } : Array(values(4 + place)) }
    }

    static func transposed(_ values: some RandomAccessCollection<Float>, shape: [Int]) -> [Float] {
        let (rows, columns) = (shape[0], shape[1])
        var result = [Float](repeating: 0, count: rows * columns)
        for (place, value) in values.enumerated() { result[place % columns * rows + place / columns] = value }
        return result
    }
}

extension ExportedModel {
    /// From the input to the head.
    private var layers: [ExportedLayer] {
        var kinds: [ExportedLayer.Kind?] = []
        if case .embedding = shape.input { kinds.append(.embedding) }
        var recurrentCount = 0
        for layer in shape.layers {
            switch layer {
            case .recurrent(let description):
                kinds.append(.recurrent(description, index: recurrentCount))
                recurrentCount += 1
            // A trained model has none.
            case .dropout, .noise: kinds.append(nil)
            case .dense, .layerNorm: preconditionFailure("refused before: ExportError.layerNotExported")
            case .convolution, .temporalBlock, .pool, .subsample, .stack: preconditionFailure("refused before: ExportError.layerNotExported")
            }
        }
        return zip(kinds + [.head], ModelPlan(shape).layers).compactMap { kind, plan in kind.map { ExportedLayer($0, plan, buffer: allParameters) } }
    }

    /// Gives all layers to `writer`.
    func write(to writer: inout some ModelWriter & ~Copyable) throws {
        for layer in layers { try writer.add(layer) }
    }
}
