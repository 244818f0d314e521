import Foundation

// A GRU with the reset gate before the product (Cho et al. 2014).

extension LayerWeights {
    ///     r, z = σ(W x + b + U h + b′)       n = tanh(W x + b + b′ + U (r·h))
    ///     h ← (1 - z)·n + z·h
    func resetFirstStep(_ input: [Double], h: [Double]) -> LayerStep {
        let fromInput = sum(inputWeight.times(input), inputBias, hiddenBias)
        let fromHidden = hiddenWeight.times(h)
        let units = h.indices
        let reset = units.map { sigmoid(fromInput[$0] + fromHidden[$0]) }
        let update = units.map { sigmoid(fromInput[h.count + $0] + fromHidden[h.count + $0]) }
        let fromReset = hiddenWeight.times(units.map { reset[$0] * h[$0] })
        let candidate = units.map { tanh(fromInput[2 * h.count + $0] + fromReset[2 * h.count + $0]) }
        let hidden = units.map { (1 - update[$0]) * candidate[$0] + update[$0] * h[$0] }
        return LayerStep(input: input, hiddenBefore: h, cellBefore: [], gates: [reset, update, candidate], cell: [], hidden: hidden)
    }

    /// Adds a step's derivatives `[gates·hidden]` times what the recurrent weights multiplied: h, or for the candidate r·h.
    mutating func addHiddenWeight(_ derivatives: [Double], _ step: LayerStep) {
        guard cell == .gruBefore else { return hiddenWeight.addOuterProduct(derivatives, step.hiddenBefore) }
        let count = step.hidden.count
        let zeros = [Double](repeating: 0, count: count)
        hiddenWeight.addOuterProduct(derivatives.withoutLast(count), step.hiddenBefore)
        hiddenWeight.addOuterProduct(zeros + zeros + derivatives.suffix(count), zip(step.gates[0], step.hiddenBefore).map { $0 * $1 })
    }
}

extension [Double] {
    /// With zeros in place of the last `count`.
    func withoutLast(_ count: Int) -> [Double] { dropLast(count) + [Double](repeating: 0, count: count) }
}

extension LayerStep {
    /// - Parameter dHidden: the derivative by this step's hidden state, `[hidden]`.
    func resetFirstDerivatives(_ dHidden: [Double], _ hiddenWeight: Matrix) -> StepDerivatives {
        let (reset, update, candidate) = (gates[0], gates[1], gates[2])
        let units = hidden.indices
        let zeros = [Double](repeating: 0, count: hidden.count)
        let dCandidate = units.map { dHidden[$0] * (1 - update[$0]) * (1 - candidate[$0] * candidate[$0]) }
        let dUpdate = units.map { dHidden[$0] * (hiddenBefore[$0] - candidate[$0]) * update[$0] * (1 - update[$0]) }
        let dResetHidden = hiddenWeight.transposedTimes(zeros + zeros + hiddenWeight.rounding(dCandidate))
        let dReset = units.map { dResetHidden[$0] * hiddenBefore[$0] * reset[$0] * (1 - reset[$0]) }
        let all = dReset + dUpdate + dCandidate
        return StepDerivatives(
            byInputSums: all, byHiddenSums: all, byStateBefore: units.map { dHidden[$0] * update[$0] + dResetHidden[$0] * reset[$0] })
    }
}
