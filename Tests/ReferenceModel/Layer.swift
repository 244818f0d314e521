import Foundation

/// What one time step of one layer computed, kept for the way back. All are `[hidden]` but `input`, `[input]`.
struct LayerStep {
    var input: [Double]
    var hiddenBefore: [Double], cellBefore: [Double]
    /// In the order of the weights' rows, `[gate][hidden]`.
    var gates: [[Double]]
    /// A GRU's candidate: what the hidden state gave its sum, before the reset gate.
    var recurrentSum: [Double] = []
    /// Empty for a cell without cell states.
    var cell: [Double], hidden: [Double]
}

extension LayerWeights {
    /// The layer's time steps over one sequence, from the state (`h`, `c`), each `[hidden]`. At least one input, each `[input]`.
    func forward(_ inputs: [[Double]], h: [Double], c: [Double]) -> [LayerStep] {
        var steps: [LayerStep] = []
        var (h, c) = (h, c)
        for input in inputs {
            let step =
                switch cell {
                case .lstm: lstmStep(input, h: h, c: c)
                case .gru: gruStep(input, h: h)
                case .rnn, .rnnRelu: rnnStep(input, h: h)
                case .gruBefore: resetFirstStep(input, h: h)
                default: lstmFormStep(input, h: h, c: c)
                }
            (h, c) = (step.hidden, step.cell)
            steps.append(step)
        }
        return steps
    }

    ///     i, f, o = σ(W x + b + U h + b′)    g = tanh(W x + b + U h + b′)
    ///     c ← f·c + i·g                      h ← o·tanh(c)
    private func lstmStep(_ input: [Double], h: [Double], c: [Double]) -> LayerStep {
        let gates = sum(inputWeight.times(input), inputBias, hiddenWeight.times(h), hiddenBias)
        let units = h.indices
        let inputGate = units.map { sigmoid(gates[$0]) }
        let forgetGate = units.map { sigmoid(gates[h.count + $0]) }
        let candidate = units.map { tanh(gates[2 * h.count + $0]) }
        let outputGate = units.map { sigmoid(gates[3 * h.count + $0]) }
        let cell = units.map { forgetGate[$0] * c[$0] + inputGate[$0] * candidate[$0] }
        let hidden = units.map { outputGate[$0] * tanh(cell[$0]) }
        return LayerStep(
            input: input, hiddenBefore: h, cellBefore: c, gates: [inputGate, forgetGate, candidate, outputGate], cell: cell, hidden: hidden)
    }

    ///     r, z = σ(W x + b + U h + b′)       n = tanh(W x + b + r·(U h + b′))
    ///     h ← (1 - z)·n + z·h
    private func gruStep(_ input: [Double], h: [Double]) -> LayerStep {
        let fromInput = sum(inputWeight.times(input), inputBias)
        let fromHidden = sum(hiddenWeight.times(h), hiddenBias)
        let units = h.indices
        let reset = units.map { sigmoid(fromInput[$0] + fromHidden[$0]) }
        let update = units.map { sigmoid(fromInput[h.count + $0] + fromHidden[h.count + $0]) }
        let recurrentSum = units.map { fromHidden[2 * h.count + $0] }
        let candidate = units.map { tanh(fromInput[2 * h.count + $0] + reset[$0] * recurrentSum[$0]) }
        let hidden = units.map { (1 - update[$0]) * candidate[$0] + update[$0] * h[$0] }
        return LayerStep(
            input: input, hiddenBefore: h, cellBefore: [], gates: [reset, update, candidate], recurrentSum: recurrentSum, cell: [], hidden: hidden)
    }

    ///     h ← tanh(W x + b + U h + b′), or max(0, …)
    private func rnnStep(_ input: [Double], h: [Double]) -> LayerStep {
        let hidden = sum(inputWeight.times(input), inputBias, hiddenWeight.times(h), hiddenBias).map { cell == .rnnRelu ? max(0, $0) : tanh($0) }
        return LayerStep(input: input, hiddenBefore: h, cellBefore: [], gates: [hidden], cell: [], hidden: hidden)
    }

    /// The derivative by each step's input, `[time][input]`; adds to `gradient` what this sequence gives the layer's parameters.
    /// `hiddenDerivatives` `[time][hidden]` is what comes down on each step's hidden state from the head or the layer above.
    func backward(_ steps: [LayerStep], _ hiddenDerivatives: [[Double]], addingTo gradient: inout LayerWeights) -> [[Double]] {
        var inputDerivatives = [[Double]](repeating: [], count: steps.count)
        var fromLaterHidden = [Double](repeating: 0, count: hiddenWeight.columns)
        // By the state that goes on element by element: an LSTM's cell, a GRU's hidden state.
        var fromLaterState = fromLaterHidden
        for time in steps.indices.reversed() {
            let step = steps[time]
            let dHidden = sum(hiddenDerivatives[time], fromLaterHidden)
            let derivatives =
                switch cell {
                case .lstm: step.lstmDerivatives(dHidden, fromLaterState)
                case .gru: step.gruDerivatives(dHidden, fromLaterState)
                case .rnn, .rnnRelu: step.rnnDerivatives(dHidden, isRelu: cell == .rnnRelu)
                case .gruBefore: step.resetFirstDerivatives(sum(dHidden, fromLaterState), hiddenWeight)
                default: lstmFormDerivatives(step, dHidden, fromLaterState, addingTo: &gradient)
                }
            let dInput = inputWeight.rounding(derivatives.byInputSums)
            let dRecurrent = hiddenWeight.rounding(derivatives.byHiddenSums)
            gradient.inputWeight.addOuterProduct(dInput, step.input)
            gradient.addHiddenWeight(dRecurrent, step)
            add(dInput, to: &gradient.inputBias)
            add(dRecurrent, to: &gradient.hiddenBias)
            inputDerivatives[time] = inputWeight.transposedTimes(dInput)
            fromLaterHidden = hiddenWeight.transposedTimes(cell == .gruBefore ? dRecurrent.withoutLast(step.hidden.count) : dRecurrent)
            fromLaterState = derivatives.byStateBefore
        }
        return inputDerivatives
    }
}

/// The derivatives of one time step.
struct StepDerivatives {
    /// By W x + b and by U h + b′, `[gates·hidden]`.
    var byInputSums: [Double], byHiddenSums: [Double]
    /// By the state before, as far as it goes on element by element.
    var byStateBefore: [Double]
}

extension LayerStep {
    /// - Parameters: the derivative by this step's hidden state, and what the next step gives its cell, `[hidden]`.
    func lstmDerivatives(_ dHidden: [Double], _ fromLaterCell: [Double]) -> StepDerivatives {
        let (inputGate, forgetGate, candidate, outputGate) = (gates[0], gates[1], gates[2], gates[3])
        let units = cell.indices
        let dCell = units.map { fromLaterCell[$0] + dHidden[$0] * outputGate[$0] * (1 - tanh(cell[$0]) * tanh(cell[$0])) }
        let dInput = units.map { dCell[$0] * candidate[$0] * inputGate[$0] * (1 - inputGate[$0]) }
        let dForget = units.map { dCell[$0] * cellBefore[$0] * forgetGate[$0] * (1 - forgetGate[$0]) }
        let dCandidate = units.map { dCell[$0] * inputGate[$0] * (1 - candidate[$0] * candidate[$0]) }
        let dOutput = units.map { dHidden[$0] * tanh(cell[$0]) * outputGate[$0] * (1 - outputGate[$0]) }
        let all = dInput + dForget + dCandidate + dOutput
        return StepDerivatives(byInputSums: all, byHiddenSums: all, byStateBefore: units.map { dCell[$0] * forgetGate[$0] })
    }

    /// - Parameters: the derivative by this step's hidden state through products, and what the next step's update gate lets through, `[hidden]`.
    func gruDerivatives(_ throughProducts: [Double], _ throughUpdate: [Double]) -> StepDerivatives {
        let (reset, update, candidate) = (gates[0], gates[1], gates[2])
        let units = hidden.indices
        let dHidden = sum(throughProducts, throughUpdate)
        let dCandidate = units.map { dHidden[$0] * (1 - update[$0]) * (1 - candidate[$0] * candidate[$0]) }
        let dReset = units.map { dCandidate[$0] * recurrentSum[$0] * reset[$0] * (1 - reset[$0]) }
        let dUpdate = units.map { dHidden[$0] * (hiddenBefore[$0] - candidate[$0]) * update[$0] * (1 - update[$0]) }
        return StepDerivatives(
            byInputSums: dReset + dUpdate + dCandidate, byHiddenSums: dReset + dUpdate + units.map { dCandidate[$0] * reset[$0] },
            byStateBefore: units.map { dHidden[$0] * update[$0] })
    }
}

extension LayerStep {
    /// - Parameter dHidden: the derivative by this step's hidden state, `[hidden]`.
    func rnnDerivatives(_ dHidden: [Double], isRelu: Bool) -> StepDerivatives {
        let all = hidden.indices.map { dHidden[$0] * (isRelu ? (hidden[$0] > 0 ? 1 : 0) : 1 - hidden[$0] * hidden[$0]) }
        return StepDerivatives(byInputSums: all, byHiddenSums: all, byStateBefore: hidden.map { _ in 0 })
    }
}

/// 1 / (1 + e⁻ˣ), 0 or 1 far out.
func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
