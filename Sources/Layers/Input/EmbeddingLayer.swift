package import Kernels
import Threads

/// An embedding as a layer of its own: rows of a table, picked by the tokens. For models whose first layer isn't recurrent; a recurrent one reads
/// tokens itself (``TokenInput``), which saves most of the products.
///
/// Sendable: the team's tasks write disjoint rows of its memory, which changes size only between passes.
package final class EmbeddingLayer: Layer, @unchecked Sendable {
    private let weight: Parameter
    private let context: LayerContext
    private let outputs: RowMemory
    private let gradients: GradientMemory
    private let sums: TokenGradients
    private var table: FloatView?
    private let dropout: EmbeddingDropout?

    /// - Parameters:
    ///   - weight: `[vocabulary, width]`.
    ///   - dropout: of its rows.
    package init(_ weight: Parameter, dropout: Double, _ context: LayerContext) {
        self.weight = weight
        self.dropout = EmbeddingDropout(rate: dropout, table: weight)
        self.context = context
        outputs = RowMemory(width: weight.shape[1], precision: context.precision)
        gradients = GradientMemory(width: weight.shape[1])
        sums = TokenGradients(vocabularyCount: weight.shape[0], team: context.team)
    }

    package func load(_ parameters: FloatView, for purpose: Purpose) {
        let own = weight.view(in: parameters)
        table = dropout?.dropped(own, for: purpose, team: context.team) ?? own
    }

    package func finishGradient(_ gradient: FloatView, for purpose: Purpose) {
        dropout?.maskGradient(weight.view(in: gradient), for: purpose, team: context.team)
    }

    package func forward(_ input: Signal, from state: RecurrentState?, _ pass: Pass) -> Signal {
        guard case .tokens(let tokens) = input, let table else { preconditionFailure("an embedding reads tokens, after load") }
        outputs.prepare(rowCount: pass.rowCount)
        let (rows, width, rowStride) = (outputs.exact, outputs.width, outputs.rowStride)
        context.profile.measure(.inputProjection) {
            context.forEachRow(pass.rowCount) { row in
                let token = Int(tokens[row])
                if token >= 0 {
                    rows.copy(table.slice(from: token * width, count: width), to: row * rowStride)
                } else {
                    rows.slice(from: row * rowStride, count: width).fill(0)
                }
                outputs.round(row: row)
            }
        }
        return outputs.signal
    }

    package func prepareBackward(_ pass: Pass) {
        if needsOutputGradients { gradients.prepare(rowCount: pass.rowCount) }
    }

    /// Not those of a table that isn't trained.
    package var needsOutputGradients: Bool { weight.isTrained }

    package var outputGradients: GradientRows { gradients.rows }

    package func backward(_ input: Signal, _ pass: Pass, rows: ShardedRows, into gradient: FloatView, inputGradients: GradientRows?) {
        guard case .tokens(let tokens) = input else { preconditionFailure("an embedding reads tokens") }
        guard weight.isTrained else {
            if pass.segment.phase.end { context.team.fill(weight.view(in: gradient), with: 0) }
            return
        }
        context.profile.measure(.inputGradients) {
            sums.sumEmbedding(
                gradients.rows, width: outputs.width, tokens: tokens, rows: rows, phase: pass.segment.phase, into: weight.view(in: gradient))
        }
    }

    package func keepState(_ state: RecurrentState, after stepCount: (_ sequence: Int) -> Int?) {}
}
