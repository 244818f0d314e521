import CVector
import Kernels

/// The LSTM with forget gate (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000), for a vector of units at one time step:
///
/// ```
/// i = σ(W_i[h,x] + b_i)      f = σ(W_f[h,x] + b_f)      C̃ = tanh(W_C[h,x] + b_C)      o = σ(W_o[h,x] + b_o)
/// C_t = f ∘ C_{t-1} + i ∘ C̃          h_t = o ∘ tanh(C_t)
/// ```
///
/// The sums W[h,x] + b come from the tile products; what follows them is here, forward beside backward.
struct LSTMCell {
    var input: Lane
    var forget: Lane
    var candidate: Lane
    var output: Lane

    /// The gates, from their sums.
    @inline(__always)
    init(inputSum: Lane, forgetSum: Lane, candidateSum: Lane, outputSum: Lane) {
        input = sigmoid(inputSum)
        forget = sigmoid(forgetSum)
        candidate = hyperbolicTangent(candidateSum)
        output = sigmoid(outputSum)
    }

    /// The gates, as a forward pass left them.
    @inline(__always)
    init(input: Lane, forget: Lane, candidate: Lane, output: Lane) {
        self.input = input
        self.forget = forget
        self.candidate = candidate
        self.output = output
    }

    /// C_t = f ∘ C_{t-1} + i ∘ C̃.
    @inline(__always)
    func cell(previous: Lane) -> Lane {
        laneFMA(forget, previous, input * candidate)
    }

    /// h_t = o ∘ tanh(C_t).
    @inline(__always)
    func hidden(cell: Lane) -> Lane {
        output * hyperbolicTangent(cell)
    }

    /// ∂L/∂C_t: what comes from later steps, plus what comes through h_t: ∂L/∂h ∘ o ∘ (1 - tanh²(C_t)).
    /// With tanh(C_t) = h_t / o that is ∂L/∂h ∘ (o - h_t² / o): a division instead of an exponential. σ is above 0 for all numbers.
    @inline(__always)
    func cellGradient(hiddenGradient: Lane, later: Lane, hidden: Lane) -> Lane {
        laneFMA(hiddenGradient, laneFMA(-hidden, hidden / output, output), later)
    }

    /// ∂L/∂C_{t-1} = ∂L/∂C_t ∘ f.
    @inline(__always)
    func previousCellGradient(cellGradient: Lane) -> Lane {
        cellGradient * forget
    }

    /// ∂L/∂(sum of i) = ∂L/∂C_t ∘ C̃ ∘ i(1 - i).
    @inline(__always)
    func inputSumGradient(cellGradient: Lane) -> Lane {
        cellGradient * candidate * (input * (Lane(repeating: 1) - input))
    }

    /// ∂L/∂(sum of f) = ∂L/∂C_t ∘ C_{t-1} ∘ f(1 - f).
    @inline(__always)
    func forgetSumGradient(cellGradient: Lane, previousCell: Lane) -> Lane {
        cellGradient * previousCell * (forget * (Lane(repeating: 1) - forget))
    }

    /// ∂L/∂(sum of C̃) = ∂L/∂C_t ∘ i ∘ (1 - C̃²).
    @inline(__always)
    func candidateSumGradient(cellGradient: Lane) -> Lane {
        cellGradient * input * (Lane(repeating: 1) - candidate * candidate)
    }

    /// ∂L/∂(sum of o) = ∂L/∂h_t ∘ tanh(C_t) ∘ o(1 - o) = ∂L/∂h_t ∘ h_t ∘ (1 - o).
    @inline(__always)
    func outputSumGradient(hiddenGradient: Lane, hidden: Lane) -> Lane {
        hiddenGradient * hidden * (Lane(repeating: 1) - output)
    }
}
