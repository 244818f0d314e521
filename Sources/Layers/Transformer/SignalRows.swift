import Kernels

/// A layer's outputs, as in ``Signal/rows(_:exact:rowStride:)``.
struct SignalRows: Sendable {
    let operand: OperandView
    let exact: FloatView
    let rowStride: Int

    init(_ signal: Signal) {
        guard case .rows(let operand, let exact, let rowStride) = signal else { preconditionFailure("a transformer reads a layer's outputs") }
        (self.operand, self.exact, self.rowStride) = (operand, exact, rowStride)
    }

    init(_ memory: RowMemory) { self.init(memory.signal) }

    /// A row in whole blocks of 16.
    func row(_ row: Int) -> FloatView { exact.slice(from: row * rowStride, count: rowStride) }
}
