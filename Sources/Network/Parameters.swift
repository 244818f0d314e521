/// A named tensor within the flat buffer of all parameters.
public struct Parameter: Sendable, Equatable {
    /// PyTorch's name: `rnn.weight_ih_l0`.
    public let name: String
    /// Rows, then columns; one number for a bias.
    public let shape: [Int]
    /// Its first float in the flat buffer.
    public let offset: Int

    public var count: Int { shape.reduce(1, *) }
    public var range: Range<Int> { offset..<offset + count }
}

/// Where each parameter lies in the flat buffer: names, shapes and gate order (i, f, g, o) are PyTorch's, one after the other without gaps.
///
/// Order: `embedding.weight` if there is an embedding; for each layer `rnn.weight_ih_lK`, `rnn.weight_hh_lK`, `rnn.bias_ih_lK`, `rnn.bias_hh_lK`;
/// `head.weight`, `head.bias`. The gradient and the optimizer's buffers have the same layout.
public struct ParameterLayout: Sendable, Equatable {
    public let parameters: [Parameter]
    public let count: Int

    public init(_ shape: NetworkShape) {
        var list: [Parameter] = []
        var offset = 0
        func add(_ name: String, _ shape: Int...) {
            let parameter = Parameter(name: name, shape: shape, offset: offset)
            list.append(parameter)
            offset += parameter.count
        }
        if case .embedding(let vocabularyCount, let width) = shape.input {
            add("embedding.weight", vocabularyCount, width)
        }
        for layer in 0..<shape.layers {
            add("rnn.weight_ih_l\(layer)", 4 * shape.hidden, shape.inputWidth(ofLayer: layer))
            add("rnn.weight_hh_l\(layer)", 4 * shape.hidden, shape.hidden)
            add("rnn.bias_ih_l\(layer)", 4 * shape.hidden)
            add("rnn.bias_hh_l\(layer)", 4 * shape.hidden)
        }
        add("head.weight", shape.outputs, shape.hidden)
        add("head.bias", shape.outputs)
        parameters = list
        count = offset
    }

    /// The parameter of that name, which the layout must have.
    public subscript(name: String) -> Parameter {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("no parameter is named \(name)")
        }
        return parameter
    }
}
