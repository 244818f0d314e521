import Kernels

/// One of the dropouts within a layer: the mask of each row of a pass, or none.
struct RowMask: Sendable {
    /// Nil where nothing is dropped.
    private let mask: RandomMask?
    private let pass: Pass

    /// - Parameters:
    ///   - layer: the layer's number among the model's, from 0, below 64.
    ///   - place: which of the layer's dropouts, from 1.
    init(rate: Double, layer: Int, place: Int, _ pass: Pass) {
        mask = Self.mask(rate: rate, layer: layer, place: place, pass.purpose)
        self.pass = pass
    }

    /// Layers number 64 and up are dropouts within layers: place · 64 + layer.
    static func mask(rate: Double, layer: Int, place: Int, _ purpose: Purpose) -> RandomMask? {
        guard rate > 0, case .training(let seed, let step) = purpose else { return nil }
        return RandomMask(probability: rate, seed: seed, step: step, layer: place * 64 + layer)
    }

    var isEmpty: Bool { mask == nil }

    /// Writes a row's masked units, as ``RandomMask/apply(to:at:into:at:count:sequence:time:)``; nothing without a mask.
    func apply(to source: FloatView, at sourceIndex: Int, into target: FloatView, at targetIndex: Int, count: Int, row: Int) {
        guard let mask else { return }
        let (time, sequence) = row.quotientAndRemainder(dividingBy: pass.sequenceCount)
        mask.apply(
            to: source, at: sourceIndex, into: target, at: targetIndex, count: count, sequence: pass.sequenceIndices[sequence],
            time: pass.segment.firstTime + time)
    }
}
