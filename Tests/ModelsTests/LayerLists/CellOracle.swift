import Foundation
import Layers

/// One direction of a recurrent layer that the reference model doesn't have, in Double, forward only: its formulas as the papers have them.
struct CellOracle {
    let layer: RecurrentDescription
    /// A parameter by its name without "rnn." and the layer's number.
    let values: (_ name: String) -> [Double]

    private struct State {
        var h: [Double]
        var c: [Double]
        /// An sLSTM's normalizer, which here isn't stabilized.
        var n: [Double]
    }

    /// `[time][output]`.
    func outputs(reading rows: [[Double]]) -> [[Double]] {
        let isLearned = layer.initialState == .learned
        let zeros = [Double](repeating: 0, count: layer.hidden)
        var state = State(
            h: isLearned ? values("h0") : Array(repeating: 0, count: layer.outputUnits), c: isLearned && layer.cell == .lstm ? values("c0") : zeros, n: zeros)
        return rows.map { row in
            switch layer.cell {
            case .lstm: stepLSTM(row, &state)
            case .gru: stepGRU(row, &state)
            case .rnn: state.h = sums(row, state.h).map(tanh)
            case .slstm: stepSLSTM(row, &state)
            }
            return state.h
        }
    }

    private func product(_ weight: String, _ vector: [Double]) -> [Double] {
        let elements = values(weight)
        return (0..<elements.count / vector.count).map { row in vector.indices.reduce(0) { $0 + elements[row * vector.count + $1] * vector[$1] } }
    }

    private func added(_ vectors: [Double]...) -> [Double] { vectors[0].indices.map { place in vectors.reduce(0) { $0 + $1[place] } } }

    private func sums(_ x: [Double], _ h: [Double]) -> [Double] { added(product("weight_ih", x), values("bias_ih"), product("weight_hh", h), values("bias_hh")) }

    private func gate(_ x: Double) -> Double { layer.gateFunction == .hardSigmoid ? min(1, max(0, x / 6 + 0.5)) : 1 / (1 + exp(-x)) }

    private func units(_ sums: [Double], _ gate: Int) -> ArraySlice<Double> { sums[gate * layer.hidden..<(gate + 1) * layer.hidden] }

    private func normalized(_ numbers: some Collection<Double>, epsilon: Double) -> [Double] {
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)
        return numbers.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }

    private func times(_ gain: String, _ numbers: [Double]) -> [Double] { zip(values(gain), numbers).map { $0 * $1 } }

    private func stepLSTM(_ x: [Double], _ state: inout State) {
        let all: [Double]
        switch layer.layerNorm {
        case .none: all = sums(x, state.h)
        case .products:
            all = added(
                times("gain_ih", normalized(product("weight_ih", x), epsilon: 1e-5)), values("bias_ih"),
                times("gain_hh", normalized(product("weight_hh", state.h), epsilon: 1e-5)), values("bias_hh"))
        case .gates:
            let raw = added(product("weight_ih", x), product("weight_hh", state.h))
            all = added(times("gain_gates", (0..<4).flatMap { normalized(units(raw, $0), epsilon: 1e-3) }), values("bias_ih"), values("bias_hh"))
        }
        func seen(_ gate: Int, _ peephole: String, _ cell: [Double]) -> [Double] {
            layer.hasPeepholes ? added(Array(units(all, gate)), times("weight_\(peephole)", cell)) : Array(units(all, gate))
        }
        let (i, f, g) = (seen(0, "ci", state.c).map(gate), seen(1, "cf", state.c).map(gate), units(all, 2).map { tanh($0) })
        let cell = state.c.indices.map { f[$0] * state.c[$0] + i[$0] * g[$0] }
        let o = seen(3, "co", cell).map(gate)
        var visible = cell
        if layer.layerNorm != .none {
            visible = added(times("gain_cell", normalized(cell, epsilon: layer.layerNorm == .products ? 1e-5 : 1e-3)), values("bias_cell"))
        }
        state.c = layer.layerNorm == .products ? visible : cell
        let hidden = zip(o, visible).map { $0 * tanh($1) }
        state.h = layer.projection > 0 ? product("weight_hr", hidden) : hidden
    }

    private func stepGRU(_ x: [Double], _ state: inout State) {
        let (fromInput, fromHidden) = (added(product("weight_ih", x), values("bias_ih")), added(product("weight_hh", state.h), values("bias_hh")))
        let both = added(fromInput, fromHidden)
        let (r, z) = (units(both, 0).map(gate), units(both, 1).map(gate))
        var recurrent = zip(r, units(fromHidden, 2)).map { $0 * $1 }
        if layer.reset == .before {
            let resetHidden = zip(r, state.h).map { $0 * $1 }
            recurrent = Array(units(added(product("weight_hh", resetHidden), values("bias_hh")), 2))
        }
        let n = zip(units(fromInput, 2), recurrent).map { tanh($0 + $1) }
        state.h = state.h.indices.map { (1 - z[$0]) * n[$0] + z[$0] * state.h[$0] }
    }

    private func stepSLSTM(_ x: [Double], _ state: inout State) {
        let all = sums(x, state.h)
        let (i, z, o) = (units(all, 0).map { exp($0) }, units(all, 2).map { tanh($0) }, units(all, 3).map(gate))
        let f = units(all, 1).map { layer.forgetFunction == .exponential ? exp($0) : 1 / (1 + exp(-$0)) }
        state.c = state.c.indices.map { f[$0] * state.c[$0] + i[$0] * z[$0] }
        state.n = state.n.indices.map { f[$0] * state.n[$0] + i[$0] }
        state.h = state.c.indices.map { o[$0] * state.c[$0] / state.n[$0] }
    }
}
