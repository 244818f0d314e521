public import Kernels

extension NetworkShape {
    /// Fills `parameters`, the flat buffer, with initial values: a function of the shape and `seed` alone.
    public func initialize(_ parameters: FloatView, seed: UInt64) {
        let layout = ParameterLayout(self)
        for (index, parameter) in layout.parameters.enumerated() {
            let values = InitialValues(
                random: Philox(seed: seed, purpose: .parameters), parameterIndex: index, floats: parameters.slice(from: parameter.offset, count: parameter.count))
            switch initialization {
            case .pyTorch: values.fillLikePyTorch(parameter, hidden: hidden)
            case .keras: values.fillLikeKeras(parameter, hidden: hidden)
            }
            if parameter.name.hasPrefix("rnn.bias_ih") { values.raiseForgetBias(by: Float(forgetBias), hidden: hidden) }
        }
    }
}

/// Fills one parameter. Element e draws from counters (parameter, e mod 2³², e / 2³²).
private struct InitialValues {
    let random: Philox
    let parameterIndex: Int
    let floats: FloatView

    func fillLikePyTorch(_ parameter: Parameter, hidden: Int) {
        if parameter.name == "embedding.weight" {
            fillNormal()
        } else {
            fillUniform(limit: 1 / Double(hidden).squareRoot())
        }
    }

    func fillLikeKeras(_ parameter: Parameter, hidden: Int) {
        let shape = parameter.shape
        if parameter.name == "embedding.weight" {
            fillUniform(limit: 0.05)
        } else if parameter.name.hasPrefix("rnn.weight_hh") {
            fillOrthogonal(rows: shape[0], columns: shape[1])
        } else if shape.count == 2 {
            fillUniform(limit: (6 / Double(shape[0] + shape[1])).squareRoot())
        } else {
            floats.fill(0)
            if parameter.name.hasPrefix("rnn.bias_ih") { raiseForgetBias(by: 1, hidden: hidden) }
        }
    }

    /// Gates stand in the order i, f, g, o.
    func raiseForgetBias(by amount: Float, hidden: Int) {
        for unit in hidden..<2 * hidden { floats[unit] += amount }
    }

    private func fillUniform(limit: Double) {
        for element in 0..<floats.count {
            floats[element] = Float((2 * random.uniformDouble(parameterIndex, element & 0xFFFF_FFFF, element >> 32) - 1) * limit)
        }
    }

    private func fillNormal() {
        for element in 0..<floats.count {
            floats[element] = Float(random.normalPair(parameterIndex, element & 0xFFFF_FFFF, element >> 32).0)
        }
    }

    /// A matrix with orthonormal columns, uniformly distributed: modified Gram–Schmidt over normal deviates, in Double.
    private func fillOrthogonal(rows: Int, columns: Int) {
        var basis: [[Double]] = []
        for column in 0..<columns {
            var vector = (0..<rows).map { row in
                let element = row * columns + column
                return random.normalPair(parameterIndex, element & 0xFFFF_FFFF, element >> 32).0
            }
            for direction in basis { remove(direction, from: &vector) }
            let length = dotProduct(vector, vector).squareRoot()
            for row in 0..<rows { vector[row] /= length }
            for row in 0..<rows { floats[row * columns + column] = Float(vector[row]) }
            basis.append(vector)
        }
    }

    private func remove(_ direction: [Double], from vector: inout [Double]) {
        let share = dotProduct(direction, vector)
        for row in vector.indices { vector[row] -= share * direction[row] }
    }

    /// Four chains, element i in chain i mod 4, added in a tree: a fixed order that the compiler can vectorise. Counts are multiples of 4.
    private func dotProduct(_ a: [Double], _ b: [Double]) -> Double {
        var chains = SIMD4<Double>(repeating: 0)
        for index in stride(from: 0, to: a.count, by: 4) {
            let left = SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
            chains += left * SIMD4(b[index], b[index + 1], b[index + 2], b[index + 3])
        }
        return (chains.x + chains.z) + (chains.y + chains.w)
    }
}
