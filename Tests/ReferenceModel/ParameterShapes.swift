extension ReferenceModel {
    /// Every parameter's name and shape, in PyTorch's order.
    ///
    /// `embedding.weight` `[vocabulary, embedding]` (only with an embedding); for each layer l
    /// `rnn.weight_ih_l` `[gates·hidden, input]`, `rnn.weight_hh_l` `[gates·hidden, hidden]`, `rnn.bias_ih_l` and `rnn.bias_hh_l` `[gates·hidden]`, with peepholes `rnn.weight_ci_l`, `rnn.weight_cf_l` and `rnn.weight_co_l` `[hidden]`,
    /// rows of an LSTM's gates input, forget, candidate, output, or of a GRU's reset, update, candidate, one after the other (an RNN has no gates); `head.weight` `[outputs, hidden]`, `head.bias` `[outputs]`.
    public var parameterShapes: [(name: String, shape: [Int])] {
        var shapes: [(name: String, shape: [Int])] = []
        if case .embedding(let vocabulary, let width) = inputLayer {
            shapes.append(("embedding.weight", [vocabulary, width]))
        }
        for layer in 0..<layers {
            let rows = stack[layer].cell.gateCount * stack[layer].hidden
            shapes.append(("rnn.weight_ih_l\(layer)", [rows, inputWidth(ofLayer: layer)]))
            shapes.append(("rnn.weight_hh_l\(layer)", [rows, stack[layer].hidden]))
            shapes.append(("rnn.bias_ih_l\(layer)", [rows]))
            shapes.append(("rnn.bias_hh_l\(layer)", [rows]))
            for name in stack[layer].cell.peepholes { shapes.append(("rnn.weight_\(name)_l\(layer)", [stack[layer].hidden])) }
        }
        shapes.append(("head.weight", [outputs, hidden]))
        shapes.append(("head.bias", [outputs]))
        return shapes
    }

    func inputWidth(ofLayer layer: Int) -> Int { layer == 0 ? inputWidth : stack[layer - 1].hidden }

    func checkSizes() throws(ReferenceError) {
        var sizes = [("hidden", stack.map(\.hidden).min() ?? 1), ("layers", layers), ("outputs", outputs), ("input width", inputWidth)]
        if let vocabulary { sizes.append(("vocabulary", vocabulary)) }
        for (name, size) in sizes where size < 1 {
            throw .sizeBelowOne(name: name, size: size)
        }
    }

    func checkParameters() throws(ReferenceError) {
        let shapes = parameterShapes
        for (name, shape) in shapes {
            guard let values = parameters[name] else { throw .parameterMissing(name: name, shape: shape) }
            guard values.count == shape.reduce(1, *) else { throw .parameterOfWrongSize(name: name, found: values.count, shape: shape) }
        }
        let known = Set(shapes.map(\.name))
        if let stranger = parameters.keys.sorted().first(where: { !known.contains($0) }) {
            throw .parameterUnknown(name: stranger)
        }
    }
}
