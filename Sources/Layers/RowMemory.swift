import Kernels

/// Memory for a layer's outputs, `[time, batch, rowStride]`: float32, and with bfloat16 beside it the same rounded, as products read it.
/// Units behind the last are 0. Grows to the largest batch seen.
///
/// Sendable: tasks write disjoint rows, and memory changes size only between passes.
final class RowMemory: @unchecked Sendable {
    let width: Int
    let rowStride: Int
    private let precision: Precision
    private var floats = FloatMemory(count: 0)
    private var pairs = FloatMemory(count: 0)
    private var rowCount = 0

    /// - Parameter rowStride: blocks of 16 units; as few as possible if nil.
    init(width: Int, rowStride: Int? = nil, precision: Precision) {
        self.width = width
        self.precision = precision
        self.rowStride = rowStride ?? Signal.rowStride(units: width)
    }

    func prepare(rowCount: Int) {
        self.rowCount = rowCount
        let count = rowCount * rowStride
        if floats.count < count {
            floats = FloatMemory(count: count)
            if precision == .bfloat16 { pairs = FloatMemory(count: precision.wordCount(count)) }
        }
    }

    var exact: FloatView { floats.view.slice(from: 0, count: rowCount * rowStride) }

    /// As products read it.
    var rounded: OperandView { precision == .float32 ? OperandView(exact) : OperandView(words: pairs.view, precision: precision) }

    var signal: Signal { .rows(rounded, exact: exact, rowStride: rowStride) }

    /// With bfloat16: rounds a row that stands in ``exact``.
    func round(row: Int) {
        guard precision == .bfloat16 else { return }
        rounded.setRow(exact.slice(from: row * rowStride, count: rowStride), at: row * rowStride)
    }
}

/// Memory for ∂L/∂(a layer's outputs), `[time, batch, rowStride]`: rows of whole panels, units behind the last 0. Grows to the largest batch seen.
final class GradientMemory {
    let rowStride: Int
    private var floats = FloatMemory(count: 0)

    init(width: Int) { rowStride = PanelView.panelCount(columns: width) * PanelView.width }

    func prepare(rowCount: Int) {
        if floats.count < rowCount * rowStride { floats = FloatMemory(count: rowCount * rowStride) }
    }

    var rows: GradientRows { GradientRows(floats: floats.view, rowStride: rowStride) }
}
