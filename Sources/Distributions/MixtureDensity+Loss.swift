public import Batches
public import Kernels

// The negative log-likelihood of a mixture, in Double and in log space. With the scores w of the weights, the densities N of the components and their variances
// σ² = e^(2·output) + f², where f is the least deviation:
//
//   L = ln Σ e^w - ln Σ e^(w + ln N),  r = e^(w + ln N) / Σ e^(w + ln N)
//   ∂L/∂w = e^w / Σ e^w - r,  the other derivatives are r times those of a component's -ln N (``MixtureComponent``)
//
// As Σ e^w is at least 1 after the greatest score is taken from all, and no variance is below f², all of it is finite for all finite outputs.

extension MixtureDensity {
    /// Greatest absolute derivative, by each output: even a number far from all components can't make a gradient overflow. Graves (2013) has 100.
    static let largestDerivative = 1e6

    /// -ln of the density of a time step's numbers, and of its pen's state, in nats; the outputs become its derivatives times `scale`.
    /// - Parameters:
    ///   - outputs: ``outputCount`` of them.
    ///   - start: the step's first among `targets`.
    /// - Returns: also whether the pen's state was the likeliest; false without a pen.
    public func differentiate(_ outputs: FloatView, targets: [Float], from start: Int, scale: Float) -> (value: Double, isPenRight: Bool) {
        var (value, isPenRight) = (0.0, false)
        if penStateCount > 0 {
            let state = Int(targets[start + numberCount])
            (value, isPenRight) = differentiatePen(outputs, state: state, scale: scale)
        }
        guard !targets[start].isNaN else {
            outputs.slice(from: firstWeight, count: outputCount - firstWeight).fill(0)
            return (value, isPenRight)
        }
        // Without memory from the heap: a row of a batch is one of thousands.
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: componentCount) { logarithms in
            let scores = firstWeight..<firstMean
            let greatest = Double(scores.reduce(outputs[firstWeight]) { max($0, outputs[$1]) })
            var (weightSum, top, isFinite) = (0.0, -Double.infinity, true)
            for index in 0..<componentCount {
                let score = Double(outputs[firstWeight + index]) - greatest
                weightSum += exponential(score)
                logarithms[index] = score - MixtureComponent(self, index).value(outputs, targets: targets, from: start)
                top = max(top, logarithms[index])
                isFinite = isFinite && logarithms[index].isFinite
            }
            // An output that isn't finite: the step must not go on with the components that are.
            guard isFinite else { return (.nan, false) }
            var total = 0.0
            for index in 0..<componentCount { total += exponential(logarithms[index] - top) }
            for index in 0..<componentCount {
                let weight = exponential(Double(outputs[firstWeight + index]) - greatest) / weightSum
                let share = exponential(logarithms[index] - top) / total
                outputs[firstWeight + index] = Self.bounded(weight - share) * scale
                MixtureComponent(self, index).differentiate(outputs, targets: targets, from: start, share: share, scale: scale)
            }
            return (value + naturalLogarithm(weightSum) - top - naturalLogarithm(total), isPenRight)
        }
    }

    /// The cross-entropy of the pen's state.
    private func differentiatePen(_ outputs: FloatView, state: Int, scale: Float) -> (value: Double, isRight: Bool) {
        var likeliest = 0
        for place in 1..<penStateCount where outputs[place] > outputs[likeliest] { likeliest = place }
        let greatest = Double(outputs[likeliest])
        var sum = 0.0
        for place in 0..<penStateCount { sum += exponential(Double(outputs[place]) - greatest) }
        let value = naturalLogarithm(sum) + greatest - Double(outputs[state])
        for place in 0..<penStateCount {
            let probability = exponential(Double(outputs[place]) - greatest) / sum
            outputs[place] = Self.bounded(probability - (place == state ? 1 : 0)) * scale
        }
        return (value, likeliest == state)
    }

    static func bounded(_ derivative: Double) -> Float { Float(max(-largestDerivative, min(largestDerivative, derivative))) }
}
