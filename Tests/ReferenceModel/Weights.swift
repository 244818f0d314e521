/// A model's parameters as matrices and vectors, or the gradients of them all: one shape serves both.
struct Weights {
    var embedding: Matrix?
    var layers: [LayerWeights]
    var headWeight: Matrix
    var headBias: [Double]

    /// The parameters of `model`.
    /// - Throws: ``ReferenceError`` if one is missing, superfluous or of the wrong size.
    init(of model: ReferenceModel) throws(ReferenceError) {
        try model.checkParameters()
        self.init(model) { name in model.parameters[name, default: []] }
    }

    /// Zeros in the shapes of `model`'s parameters: where gradients begin.
    init(zerosFor model: ReferenceModel) {
        let counts = Dictionary(uniqueKeysWithValues: model.parameterShapes.map { ($0.name, $0.shape.reduce(1, *)) })
        self.init(model) { name in [Double](repeating: 0, count: counts[name, default: 0]) }
    }

    private init(_ model: ReferenceModel, values: (String) -> [Double]) {
        if case .embedding(let vocabulary, let width) = model.inputLayer {
            embedding = Matrix(rows: vocabulary, columns: width, elements: values("embedding.weight"), rounding: model.rounding)
        }
        layers = (0..<model.layers).map { layer in
            let (cell, hidden) = model.stack[layer]
            let gates = cell.gateCount * hidden
            return LayerWeights(
                cell: cell,
                inputWeight: Matrix(rows: gates, columns: model.inputWidth(ofLayer: layer), elements: values("rnn.weight_ih_l\(layer)"), rounding: model.rounding),
                hiddenWeight: Matrix(rows: gates, columns: hidden, elements: values("rnn.weight_hh_l\(layer)"), rounding: model.rounding),
                inputBias: values("rnn.bias_ih_l\(layer)"),
                hiddenBias: values("rnn.bias_hh_l\(layer)"),
                peepholes: Dictionary(uniqueKeysWithValues: cell.peepholes.map { ($0, values("rnn.weight_\($0)_l\(layer)")) }))
        }
        headWeight = Matrix(rows: model.outputs, columns: model.hidden, elements: values("head.weight"), rounding: model.rounding)
        headBias = values("head.bias")
    }

    /// Everything under its name, as in ``ReferenceModel/parameters``.
    var byName: [String: [Double]] {
        var named = ["head.weight": headWeight.elements, "head.bias": headBias]
        named["embedding.weight"] = embedding?.elements
        for (index, layer) in layers.enumerated() {
            named["rnn.weight_ih_l\(index)"] = layer.inputWeight.elements
            named["rnn.weight_hh_l\(index)"] = layer.hiddenWeight.elements
            named["rnn.bias_ih_l\(index)"] = layer.inputBias
            named["rnn.bias_hh_l\(index)"] = layer.hiddenBias
            for (name, values) in layer.peepholes { named["rnn.weight_\(name)_l\(index)"] = values }
        }
        return named
    }
}

/// One recurrent layer's parameters, gate after gate, or their gradients.
struct LayerWeights {
    let cell: ReferenceModel.Cell
    /// `[gates·hidden, input]`.
    var inputWeight: Matrix
    /// `[gates·hidden, hidden]`.
    var hiddenWeight: Matrix
    /// `[gates·hidden]`.
    var inputBias: [Double]
    /// `[gates·hidden]`.
    var hiddenBias: [Double]
    /// `[hidden]` each, by "ci", "cf" and "co".
    var peepholes: [String: [Double]] = [:]
}
