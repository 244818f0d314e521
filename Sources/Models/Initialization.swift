public import Kernels
import Layers

extension ModelDescription {
    /// Fills `parameters`, the flat buffer, with initial values: a function of the shape and `seed` alone.
    public func initialize(_ parameters: FloatView, seed: UInt64) { ParameterLayout(self).initialize(parameters, seed: seed) }
}

extension ParameterLayout {
    /// Fills the flat buffer with the parameters' initial values.
    func initialize(_ floats: FloatView, seed: UInt64) {
        let random = Philox(seed: seed, purpose: .parameters)
        for (index, parameter) in parameters.enumerated() {
            ParameterDraws(random: random, parameterIndex: index, floats: floats.slice(from: parameter.offset, count: parameter.count)).fill(parameter)
        }
        for parameter in parameters {
            guard case .lengths(let name) = parameter.initial else { continue }
            channelLengths(of: self[name].view(in: floats), into: parameter.view(in: floats))
        }
        copyTied(in: floats)
    }
}

/// Fills one parameter. Element e draws from counters (parameter, e mod 2³², e / 2³²).
private struct ParameterDraws {
    let random: Philox
    let parameterIndex: Int
    let floats: FloatView

    func fill(_ parameter: Parameter) {
        switch parameter.initial {
        case .zero, .lengths: floats.fill(0)
        case .uniform(let limit): fillUniform(limit: limit)
        case .normal: fillNormal()
        case .orthogonal: fillOrthogonal(rows: parameter.shape[0], columns: parameter.shape[1])
        }
        for amount in parameter.raises {
            for element in parameter.raisedRange { floats[element] += amount }
        }
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
            vector += repeatElement(0, count: -rows & 3)
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
