import Foundation

/// What one time step of one layer computed, kept for the way back. All are `[hidden]` but `input`, `[input]`.
struct LayerStep {
    var input: [Double]
    var hiddenBefore: [Double], cellBefore: [Double]
    var inputGate: [Double], forgetGate: [Double], candidate: [Double], outputGate: [Double]
    var cell: [Double], hidden: [Double]
}

extension LayerWeights {
    /// The layer's time steps over one sequence, from the state (`h`, `c`), each `[hidden]`. At least one input, each `[input]`.
    ///
    ///     i, f, o = σ(W x + b + U h + b′)    g = tanh(W x + b + U h + b′)
    ///     c ← f·c + i·g                      h ← o·tanh(c)
    func forward(_ inputs: [[Double]], h: [Double], c: [Double]) -> [LayerStep] {
        var steps: [LayerStep] = []
        var (h, c) = (h, c)
        for input in inputs {
            let step = forwardStep(input, h: h, c: c)
            (h, c) = (step.hidden, step.cell)
            steps.append(step)
        }
        return steps
    }

    private func forwardStep(_ input: [Double], h: [Double], c: [Double]) -> LayerStep {
        let gates = sum(inputWeight.times(input), inputBias, hiddenWeight.times(h), hiddenBias)
        let units = h.indices
        let inputGate = units.map { sigmoid(gates[$0]) }
        let forgetGate = units.map { sigmoid(gates[h.count + $0]) }
        let candidate = units.map { tanh(gates[2 * h.count + $0]) }
        let outputGate = units.map { sigmoid(gates[3 * h.count + $0]) }
        let cell = units.map { forgetGate[$0] * c[$0] + inputGate[$0] * candidate[$0] }
        let hidden = units.map { outputGate[$0] * tanh(cell[$0]) }
        return LayerStep(
            input: input, hiddenBefore: h, cellBefore: c,
            inputGate: inputGate, forgetGate: forgetGate, candidate: candidate, outputGate: outputGate,
            cell: cell, hidden: hidden)
    }

    /// The derivative by each step's input, `[time][input]`; adds to `gradient` what this sequence gives the layer's parameters.
    /// `hiddenDerivatives` `[time][hidden]` is what comes down on each step's hidden state from the head or the layer above.
    func backward(_ steps: [LayerStep], _ hiddenDerivatives: [[Double]], addingTo gradient: inout LayerWeights) -> [[Double]] {
        var inputDerivatives = [[Double]](repeating: [], count: steps.count)
        var fromLaterHidden = [Double](repeating: 0, count: hiddenWeight.columns)
        var fromLaterCell = fromLaterHidden
        for time in steps.indices.reversed() {
            let step = steps[time]
            let dHidden = sum(hiddenDerivatives[time], fromLaterHidden)
            let dCell = step.cell.indices.map { unit in
                let squashed = tanh(step.cell[unit])
                return fromLaterCell[unit] + dHidden[unit] * step.outputGate[unit] * (1 - squashed * squashed)
            }
            let dGates = hiddenWeight.rounding(step.gateDerivatives(dHidden: dHidden, dCell: dCell))
            gradient.inputWeight.addOuterProduct(dGates, step.input)
            gradient.hiddenWeight.addOuterProduct(dGates, step.hiddenBefore)
            add(dGates, to: &gradient.inputBias)
            add(dGates, to: &gradient.hiddenBias)
            inputDerivatives[time] = inputWeight.transposedTimes(dGates)
            fromLaterHidden = hiddenWeight.transposedTimes(dGates)
            fromLaterCell = dCell.indices.map { dCell[$0] * step.forgetGate[$0] }
        }
        return inputDerivatives
    }
}

extension LayerStep {
    /// The derivative by what stands inside each gate's sigmoid or tanh, `[4·hidden]`, from those by this step's hidden state and cell, `[hidden]`.
    func gateDerivatives(dHidden: [Double], dCell: [Double]) -> [Double] {
        let units = cell.indices
        let dInput = units.map { dCell[$0] * candidate[$0] * inputGate[$0] * (1 - inputGate[$0]) }
        let dForget = units.map { dCell[$0] * cellBefore[$0] * forgetGate[$0] * (1 - forgetGate[$0]) }
        let dCandidate = units.map { dCell[$0] * inputGate[$0] * (1 - candidate[$0] * candidate[$0]) }
        let dOutput = units.map { dHidden[$0] * tanh(cell[$0]) * outputGate[$0] * (1 - outputGate[$0]) }
        return dInput + dForget + dCandidate + dOutput
    }
}

/// 1 / (1 + e⁻ˣ), 0 or 1 far out.
func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
