import Kernels
import Threads

/// Dropout of whole words (Gal & Ghahramani 2016; Merity, Keskar & Socher 2018): for a training step each row of the embedding's table is 0 with probability
/// p, wherever the batch has that word, and otherwise multiplied by 1/(1 - p).
///
/// ```
/// Ẽ[w] = E[w] · m_w      m_w ∈ {0, 1/(1 - p)}, one for each word w and step
/// ∂L/∂E[w] = ∂L/∂Ẽ[w] · m_w
/// ```
///
/// m is a function of (seed, step, word). As with ``WeightDrop`` the gradient is masked once it is summed over all ranks.
///
/// Sendable: tasks write disjoint rows of its memory.
final class EmbeddingDropout: @unchecked Sendable {
    private let rate: Double
    private let rowCount: Int
    private let width: Int
    private let memory: FloatMemory

    /// Nil for a rate of 0.
    /// - Parameter table: `[vocabulary, width]`.
    init?(rate: Double, table: Parameter?) {
        guard rate > 0, let table else { return nil }
        self.rate = rate
        (rowCount, width) = (table.shape[0], table.shape[1])
        memory = FloatMemory(count: table.count)
    }

    /// The table as a pass reads it: itself, or in training a masked copy that lives until the next call.
    func dropped(_ table: FloatView, for purpose: Purpose, team: ThreadTeam) -> FloatView {
        guard let mask = mask(purpose) else { return table }
        multiply(table, by: mask, into: memory.view, team)
        return memory.view
    }

    /// Masks the summed gradient in place.
    func maskGradient(_ gradient: FloatView, for purpose: Purpose, team: ThreadTeam) {
        guard let mask = mask(purpose) else { return }
        multiply(gradient, by: mask, into: gradient, team)
    }

    private func multiply(_ source: FloatView, by mask: RandomMask, into target: FloatView, _ team: ThreadTeam) {
        let width = width
        team.run(taskCount: team.threadCount) { part in
            for row in team.tasks(ofShare: part, taskCount: rowCount) {
                let factor = mask.factor(sequence: row, time: 0, unit: 0)
                for index in row * width..<(row + 1) * width { target[index] = source[index] * factor }
            }
        }
    }

    private func mask(_ purpose: Purpose) -> RandomMask? {
        guard case .training(let seed, let step) = purpose else { return nil }
        return RandomMask(probability: rate, seed: seed, step: step, layer: MaskUse.embeddingDropout.number(layer: 0))
    }
}
