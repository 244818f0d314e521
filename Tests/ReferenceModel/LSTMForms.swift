import Foundation

// The LSTM with peepholes, with coupled gates, with a hard sigmoid, and with several of these.

extension ReferenceModel.Cell {
    var isCoupled: Bool { [.lstmCoupled, .lstmCoupledPeephole, .lstmHardCoupled, .lstmHardCoupledPeephole].contains(self) }
    var isHard: Bool { [.lstmHard, .lstmHardPeephole, .lstmHardCoupled, .lstmHardCoupledPeephole].contains(self) }
    private var hasPeepholes: Bool { [.lstmPeephole, .lstmCoupledPeephole, .lstmHardPeephole, .lstmHardCoupledPeephole].contains(self) }

    /// "ci", "cf", "co": of the gates that see the cell.
    var peepholes: [String] { hasPeepholes ? (isCoupled ? ["cf", "co"] : ["ci", "cf", "co"]) : [] }

    /// σ, or x/6 + 1/2, at least 0 and at most 1.
    func gate(_ x: Double) -> Double { isHard ? min(1, max(0, x / 6 + 0.5)) : sigmoid(x) }
    /// Its derivative, from its value.
    func slope(_ value: Double) -> Double { isHard ? (value > 0 && value < 1 ? 1 / 6 : 0) : value * (1 - value) }
}

extension LayerWeights {
    private func peephole(_ name: String, _ unit: Int) -> Double { peepholes[name]?[unit] ?? 0 }

    ///     i = gate(W x + b + U h + b′ + ci·c), or 1 - f      f = gate(… + cf·c)      g = tanh(…)
    ///     c ← f·c + i·g      o = gate(… + co·c)      h ← o·tanh(c)
    func lstmFormStep(_ input: [Double], h: [Double], c: [Double]) -> LayerStep {
        let sums = sum(inputWeight.times(input), inputBias, hiddenWeight.times(h), hiddenBias)
        let units = h.indices
        let first = cell.isCoupled ? 0 : h.count
        let forget = units.map { cell.gate(sums[first + $0] + peephole("cf", $0) * c[$0]) }
        let inputGate = units.map { cell.isCoupled ? 1 - forget[$0] : cell.gate(sums[$0] + peephole("ci", $0) * c[$0]) }
        let candidate = units.map { tanh(sums[first + h.count + $0]) }
        let state = units.map { forget[$0] * c[$0] + inputGate[$0] * candidate[$0] }
        let output = units.map { cell.gate(sums[first + 2 * h.count + $0] + peephole("co", $0) * state[$0]) }
        return LayerStep(
            input: input, hiddenBefore: h, cellBefore: c, gates: (cell.isCoupled ? [] : [inputGate]) + [forget, candidate, output], cell: state,
            hidden: units.map { output[$0] * tanh(state[$0]) })
    }

    /// The derivatives of a step; adds what it gives the peepholes to `gradient`.
    func lstmFormDerivatives(_ step: LayerStep, _ dHidden: [Double], _ fromLaterCell: [Double], addingTo gradient: inout LayerWeights) -> StepDerivatives {
        let gates = step.gates.suffix(3).map { $0 }
        let (forget, candidate, output) = (gates[0], gates[1], gates[2])
        let units = step.cell.indices
        let inputGate = cell.isCoupled ? forget.map { 1 - $0 } : step.gates[0]
        let dOutput = units.map { dHidden[$0] * tanh(step.cell[$0]) * cell.slope(output[$0]) }
        let dCell = units.map {
            fromLaterCell[$0] + dHidden[$0] * output[$0] * (1 - tanh(step.cell[$0]) * tanh(step.cell[$0])) + dOutput[$0] * peephole("co", $0)
        }
        let dForget = units.map { dCell[$0] * (step.cellBefore[$0] - (cell.isCoupled ? candidate[$0] : 0)) * cell.slope(forget[$0]) }
        let dInput = units.map { cell.isCoupled ? 0 : dCell[$0] * candidate[$0] * cell.slope(inputGate[$0]) }
        let dCandidate = units.map { dCell[$0] * inputGate[$0] * (1 - candidate[$0] * candidate[$0]) }
        for (name, derivative, state) in [("ci", dInput, step.cellBefore), ("cf", dForget, step.cellBefore), ("co", dOutput, step.cell)] {
            let rounded = hiddenWeight.rounding(derivative)
            if let sums = gradient.peepholes[name] { gradient.peepholes[name] = units.map { sums[$0] + rounded[$0] * state[$0] } }
        }
        let all = (cell.isCoupled ? [] : dInput) + dForget + dCandidate + dOutput
        return StepDerivatives(
            byInputSums: all, byHiddenSums: all,
            byStateBefore: units.map { dCell[$0] * forget[$0] + dInput[$0] * peephole("ci", $0) + dForget[$0] * peephole("cf", $0) })
    }
}
