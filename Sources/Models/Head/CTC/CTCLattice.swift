import Batches
import Kernels

/// The alignments of a sequence's symbols with its time steps under connectionist temporal classification (Graves et al. 2006): an alignment has an output at each
/// step, and says the symbols once repeated outputs are taken as one and blanks, output 0, are left out.
///
/// Its states are the symbols with a blank before each and after the last: l = (blank, y_1, blank, …, y_U, blank). In logarithms, with p the softmax of the scores:
///
/// ```
/// forward:   a_t[s] = ln p_t[l_s] + ln(e^a_t-1[s] + e^a_t-1[s-1] + e^a_t-1[s-2])      s-2 only if l_s is a symbol and another one than l_s-2
/// backward:  b_t[s] = ln(e^r_t+1[s] + e^r_t+1[s+1] + e^r_t+1[s+2])                    r_t[s] = ln p_t[l_s] + b_t[s]
/// ln P = ln(e^a_T[2U] + e^a_T[2U-1])          ∂(-ln P)/∂score_t[k] = p_t[k] - Σ_{s: l_s = k} e^(a_t[s] + b_t[s] - ln P)
/// ```
///
/// Logarithms are Doubles, whose exponentials are float32's: the error doesn't grow with the sequence. Each state is one chain of sums, so that the bits depend on
/// nothing else. States that no alignment passes at a time step are left out.
///
/// Memory grows to the largest sequence seen; a thread has its own.
package final class CTCLattice {
    /// ln p of the blank and of each symbol, `[time, symbols + 1]`.
    private var emissions: [Double] = []
    /// a, `[time, states]`.
    private var alphas: [Double] = []
    private var beta: [Double] = []
    /// r of a time step, with two impossible states behind the last.
    private var right: [Double] = []

    private static let blank = Int(CTC.blank)

    package init() {}

    /// -ln P of `symbols`, +∞ if no alignment with so few time steps says them. The scores become its derivatives times `scale`, or 0 if it isn't finite.
    /// - Parameters:
    ///   - symbols: outputs, each at least 1.
    ///   - rows: the scores of each time step; columns behind the last output are undefined, and set to 0.
    package func differentiate(_ symbols: [Int32], _ rows: CTCRows, scale: Float) -> Double {
        let (symbolCount, timeCount) = (symbols.count, rows.timeCount)
        prepare(timeCount: timeCount, symbolCount: symbolCount)
        for time in 0..<timeCount {
            let row = rows[time]
            // Before the probabilities take the scores' place.
            setEmissions(symbols, time) { Double(row[$0]) }
            let normalizer = rows.normalize(time)
            for place in 0...symbolCount { emissions[time * (symbolCount + 1) + place] -= normalizer }
        }
        let logarithm = forward(symbols, timeCount: timeCount)
        guard logarithm.isFinite else {
            for time in 0..<timeCount { rows[time].fill(0) }
            return logarithm.isNaN ? .nan : .infinity
        }
        backward(symbols, rows, logarithm: logarithm)
        for time in 0..<timeCount { rows[time].scale(by: scale) }
        return -logarithm
    }

    /// ln P of `symbols`, -∞ if no alignment with so few time steps says them.
    /// - Parameter logarithm: ln p of an output at a time step.
    package func logarithm(of symbols: [Int32], timeCount: Int, _ logarithm: (_ time: Int, _ output: Int) -> Double) -> Double {
        prepare(timeCount: timeCount, symbolCount: symbols.count)
        for time in 0..<timeCount { setEmissions(symbols, time) { logarithm(time, $0) } }
        return forward(symbols, timeCount: timeCount)
    }

    private func setEmissions(_ symbols: [Int32], _ time: Int, _ value: (_ output: Int) -> Double) {
        let first = time * (symbols.count + 1)
        emissions[first] = value(Self.blank)
        for (place, symbol) in symbols.enumerated() { emissions[first + place + 1] = value(Int(symbol)) }
    }

    private func prepare(timeCount: Int, symbolCount: Int) {
        func grow(_ numbers: inout [Double], _ count: Int) { if numbers.count < count { numbers = Array(repeating: 0, count: count) } }
        let stateCount = 2 * symbolCount + 1
        grow(&emissions, timeCount * (symbolCount + 1))
        grow(&alphas, timeCount * stateCount)
        grow(&beta, stateCount)
        grow(&right, stateCount + 2)
    }

    /// States that an alignment can pass at a time step: it begins with one of the first two, and ends with one of the last two.
    private func states(_ time: Int, of timeCount: Int, _ stateCount: Int) -> Range<Int> {
        let first = max(0, stateCount - 2 * (timeCount - time))
        return first..<max(first, min(stateCount, 2 * (time + 1)))
    }

    /// Whether a state can follow the one before the blank between them.
    private static func skips(_ state: Int, _ symbols: [Int32]) -> Bool { state % 2 == 1 && state > 1 && symbols[state / 2] != symbols[state / 2 - 1] }

    /// The place of a state's symbol among ``emissions``.
    private static func place(_ state: Int) -> Int { state % 2 == 0 ? 0 : state / 2 + 1 }

    /// ln P.
    private func forward(_ symbols: [Int32], timeCount: Int) -> Double {
        let (stateCount, width) = (2 * symbols.count + 1, symbols.count + 1)
        for time in 0..<timeCount {
            let row = time * stateCount
            for state in 0..<stateCount { alphas[row + state] = -.infinity }
            for state in states(time, of: timeCount, stateCount) {
                let own = emissions[time * width + Self.place(state)]
                guard time > 0 else {
                    alphas[row + state] = own
                    continue
                }
                let before = row - stateCount + state
                alphas[row + state] = own + logarithmicSum(
                    alphas[before], state > 0 ? alphas[before - 1] : -.infinity, Self.skips(state, symbols) ? alphas[before - 2] : -.infinity)
            }
        }
        let end = timeCount * stateCount - 1
        return logarithmicSum(alphas[end], symbols.isEmpty ? -.infinity : alphas[end - 1], -.infinity)
    }

    /// Subtracts from the probabilities those of each output over all alignments.
    private func backward(_ symbols: [Int32], _ rows: CTCRows, logarithm: Double) {
        let (stateCount, width, timeCount) = (2 * symbols.count + 1, symbols.count + 1, rows.timeCount)
        for state in 0..<stateCount { beta[state] = state + 2 < stateCount ? -.infinity : 0 }
        (right[stateCount], right[stateCount + 1]) = (-.infinity, -.infinity)
        for time in stride(from: timeCount - 1, through: 0, by: -1) {
            let row = rows[time]
            for state in states(time, of: timeCount, stateCount) {
                let output = state % 2 == 0 ? Self.blank : Int(symbols[state / 2])
                row[output] -= exponential(Float(alphas[time * stateCount + state] + beta[state] - logarithm))
            }
            guard time > 0 else { return }
            for state in 0..<stateCount { right[state] = emissions[time * width + Self.place(state)] + beta[state] }
            for state in 0..<stateCount {
                beta[state] = logarithmicSum(
                    right[state], right[state + 1], state + 2 < stateCount && Self.skips(state + 2, symbols) ? right[state + 2] : -.infinity)
            }
        }
    }
}

/// ln(e^first + e^second + e^third), -∞ for three of those.
private func logarithmicSum(_ first: Double, _ second: Double, _ third: Double) -> Double {
    let largest = max(first, second, third)
    // -∞, or NaN if one of them is.
    guard largest > -.infinity else { return first + second + third }
    func part(_ value: Double) -> Double { value == -.infinity ? 0 : Double(exponential(Float(value - largest))) }
    return largest + naturalLogarithm(part(first) + part(second) + part(third))
}
