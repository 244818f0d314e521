import Kernels
import Threads

/// A convolution's weights as its products read them: a matrix `[channels, tap · input]`, with zeros between the groups, packed both ways.
///
/// Sendable: tasks pack disjoint panels and rows.
final class ConvolutionWeights: @unchecked Sendable {
    private let channels: Int
    private let inputWidth: Int
    private let tapCount: Int
    private let groups: Int
    private let team: ThreadTeam
    private let matrix: FloatMemory
    private let rowPanels: PanelMatrix
    private let columnPanels: PanelMatrix

    init(_ description: ConvolutionDescription, inputWidth: Int, _ context: LayerContext) {
        (channels, tapCount, groups) = (description.channels, description.width, description.groups)
        (self.inputWidth, team) = (inputWidth, context.team)
        let depth = description.width * inputWidth
        matrix = FloatMemory(count: channels * depth)
        rowPanels = PanelMatrix(depth: depth, columnCount: channels, precision: context.precision)
        columnPanels = PanelMatrix(depth: channels, columnCount: depth, precision: context.precision)
    }

    /// For the product with gathered rows.
    var rows: PanelView { rowPanels.view }
    /// For the product with derivatives.
    var columns: PanelView { columnPanels.view }
    /// The matrix, which is also the memory for its gradient: ``pack(_:)`` has used it up.
    var expanded: FloatView { matrix.view }

    private var depth: Int { tapCount * inputWidth }
    private var groupWidth: Int { inputWidth / groups }

    /// - Parameter source: `[channels, inputWidth / groups, tap]`.
    func pack(_ source: FloatView) {
        let (target, depth, channels) = (expanded, depth, channels)
        team.run(taskCount: channels) { channel in
            if groups > 1 { target.slice(from: channel * depth, count: depth).fill(0) }
            forEachWeight(of: channel) { place, column in target[channel * depth + column] = source[place] }
        }
        let (rows, columns) = (rows, columns)
        team.run(taskCount: rows.panelCount) { task in
            rows.packRows(of: target, depth: depth, panels: task..<task + 1) { panel, vector in
                let first = panel * PanelView.width + vector * laneCount
                return (min(first, channels), max(0, min(laneCount, channels - first)))
            }
        }
        team.run(taskCount: columns.panelCount) { task in
            columns.packColumns(of: target, depth: channels, columnCount: depth, panels: task..<task + 1) { $0 * depth }
        }
    }

    /// Copies the gradient that stands in ``expanded`` to `target`, `[channels, inputWidth / groups, tap]`.
    func collect(into target: FloatView) {
        let (source, depth) = (expanded, depth)
        team.run(taskCount: channels) { channel in
            forEachWeight(of: channel) { place, column in target[place] = source[channel * depth + column] }
        }
    }

    /// Calls `body` with the place of each weight of a channel in the parameter, and its column in the matrix.
    @inline(__always)
    private func forEachWeight(of channel: Int, _ body: (_ place: Int, _ column: Int) -> Void) {
        let firstInput = channel / (channels / groups) * groupWidth
        for input in 0..<groupWidth {
            for tap in 0..<tapCount { body((channel * groupWidth + input) * tapCount + tap, tap * inputWidth + firstInput + input) }
        }
    }
}
