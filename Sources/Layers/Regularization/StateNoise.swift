import CVector
import Kernels
import Threads

/// Zoneout (Krueger et al. 2017) and dropout of the candidate (Semeniuta, Severyn & Barth 2016) inside a recurrence, for any cell. With c̃_t, h̃_t the states that
/// the cell's formulas give:
///
/// ```
/// zoneout              h_t = k ∘ h̃_t + (1 - k) ∘ h_{t-1}      k ∈ {0, 1}, 0 with probability p; the same of c_t with masks of its own
/// candidate dropout    C̃_t ∘ m in place of C̃_t                m ∈ {0, 1/(1 - p)}
/// ```
///
/// Masks are drawn for each sequence, time step and unit, as both papers have it, and are a function of (seed, step, layer, sequence, time step, unit).
/// Outside of training k is its mean 1 - p, and m is 1. h̃_t is that of c̃_t, not of the c_t that is kept.
///
/// Sendable: tasks write disjoint rows of its memory, which changes size only between passes.
final class StateNoise: @unchecked Sendable {
    private let settings: RecurrentRegularization
    private let layer: Int
    private let isReverse: Bool
    private let width: Int
    private var candidateMemory = FloatMemory(count: 0)
    private var hiddenMemory = FloatMemory(count: 0)
    private var cellMemory = FloatMemory(count: 0)
    private var sequenceCount = 0
    private var isDrawn = false

    /// Nil where the cell's formulas stay as they are.
    /// - Parameters:
    ///   - layer: the layer's number among the model's.
    ///   - width: floats of a row of hidden states.
    init?(_ settings: RecurrentRegularization, layer: Int, isReverse: Bool, width: Int) {
        guard settings.changesCell else { return nil }
        (self.settings, self.layer, self.isReverse, self.width) = (settings, layer, isReverse, width)
    }

    /// Draws a pass's masks.
    func prepare(_ pass: Pass, _ context: LayerContext) {
        sequenceCount = pass.sequenceCount
        isDrawn = pass.purpose.isTraining
        fill(&candidateMemory, .candidateDropout, settings.candidateDropout, isScaled: true, pass, context)
        fill(&hiddenMemory, .zoneout, settings.zoneout, isScaled: false, pass, context)
        fill(&cellMemory, .zoneoutCell, settings.zoneoutCell, isScaled: false, pass, context)
    }

    /// A row of masks for each row of the pass, or one row that is the same for all.
    private func fill(_ memory: inout FloatMemory, _ use: MaskUse, _ rate: Double, isScaled: Bool, _ pass: Pass, _ context: LayerContext) {
        let count = isDrawn ? pass.rowCount * width : width
        if memory.count < count { memory = FloatMemory(count: count) }
        let (floats, width) = (memory.view, width)
        guard case .training(let seed, let step) = pass.purpose else { return floats.fill(isScaled ? 1 : Float(1 - rate)) }
        let mask = RandomMask(probability: rate, seed: seed, step: step, layer: use.number(layer: layer, isReverse: isReverse), isScaled: isScaled)
        context.forEachRow(pass.rowCount) { row in
            let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
            let values = floats.slice(from: row * width, count: width)
            values.fill(1)
            guard rate > 0 else { return }
            mask.apply(to: values, sequence: pass.sequenceIndices[sequence], time: pass.segment.firstTime + time)
        }
    }

    /// The masks of a time step.
    func step(at time: Int) -> StepNoise {
        func rows(_ memory: borrowing FloatMemory) -> FloatView {
            isDrawn ? memory.view.slice(from: time * sequenceCount * width, count: sequenceCount * width) : memory.view
        }
        return StepNoise(candidate: rows(candidateMemory), hidden: rows(hiddenMemory), cell: rows(cellMemory), rowStride: isDrawn ? width : 0)
    }
}

/// Masks of one time step, `[batch, units]`: row r begins at `r * rowStride`.
struct StepNoise {
    let candidate: FloatView
    let hidden: FloatView
    let cell: FloatView
    let rowStride: Int

    /// A vector of units'.
    @inline(__always)
    func lanes(row: Int, unit: Int) -> NoiseLanes {
        let index = row &* rowStride &+ unit
        return NoiseLanes(candidate: candidate.lane(at: index), hidden: hidden.lane(at: index), cell: cell.lane(at: index))
    }
}

/// A vector of units' masks: m, and k of both states.
struct NoiseLanes {
    let candidate: Lane
    let hidden: Lane
    let cell: Lane

    /// k ∘ `next` + (1 - k) ∘ `previous`.
    @inline(__always)
    func state(_ next: StateLanes, after previous: StateLanes) -> StateLanes {
        let one = Lane(repeating: 1)
        return StateLanes(
            hidden: laneFMA(hidden, next.hidden, (one - hidden) * previous.hidden), cell: laneFMA(cell, next.cell, (one - cell) * previous.cell))
    }
}
