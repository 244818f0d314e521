import CVector
import Kernels

/// Softmax and categorical cross-entropy of rows of scores, block by block of 192 outputs, so that a block is done with while it is in the cache.
///
/// ```
/// of block b, when its scores are made:   m_b = max s      e = e^(s - m_b), in the score's place      z_b = Σ e
/// of the row, when all blocks are done:   M = max m_b      Z = Σ z_b · e^(m_b - M)
/// loss = ln Z + M - s[target]             ∂L/∂s = e · factor_b - onehot(target) · scale,   factor_b = e^(m_b - M) / Z · scale
/// ```
///
/// With label smoothing ε (Szegedy et al. 2016; `torch.nn.CrossEntropyLoss(label_smoothing:)`) the target is 1 - ε of the class and ε/K of all K outputs:
///
/// ```
/// loss = ln Z + M - (1 - ε)·s[target] - ε/K · Σ s          ∂L/∂s = e · factor_b - onehot(target) · (1 - ε)·scale - ε/K·scale
/// ```
///
/// With class weights (`torch.nn.CrossEntropyLoss(weight:)`) loss and `scale` of a row are multiplied by its target's weight.
///
/// With bfloat16 z_b is the sum of exact e, and ∂L/∂s has e rounded, as its products have it: the hidden states' gradient is
/// (W·e) · factor_b - W[target] · scale with W and e rounded, the weights' has ∂L/∂s rounded once more.
///
/// z_b has 16 chains, element i in chain i mod 16, added in a tree; Z is one chain over blocks. A row's result depends on nothing but its scores.
/// Blocks may be done by several threads at once, and rows.
final class Softmax: @unchecked Sendable {
    private let outputCount: Int
    private let blockCount: Int
    /// Floats from one row's factors to the next: blocks, up to a multiple of 16.
    let factorStride: Int
    /// Each row's scale of the target's output, and that of all outputs.
    private var targetScales = FloatMemory(count: 0)
    private var uniformScale: Float = 0
    /// Empty for 1.
    private var classWeights: [Float] = []
    private var scale: Float = 0
    private var labelSmoothing = 0.0
    private var targets: [Int32] = []
    /// Each block's maximum, then its factor, `[rows, factorStride]`.
    private var maxima = FloatMemory(count: 0)
    /// Each block's Σ e, `[rows, factorStride]`.
    private var sums = FloatMemory(count: 0)
    /// Each row's target's score, and whether no score of its block is higher, nor an earlier one as high.
    private var targetScores = FloatMemory(count: 0)
    private var targetIsBest = FloatMemory(count: 0)
    /// With label smoothing: each block's Σ s, `[rows, factorStride]`.
    private var scoreSums = FloatMemory(count: 0)
    /// The scores, where they are kept, `[rows, outputs]`.
    private var scores = FloatMemory(count: 0)
    private var keepsScores = false

    init(outputCount: Int) {
        self.outputCount = outputCount
        blockCount = (outputCount + LinearHead.blockWidth - 1) / LinearHead.blockWidth
        factorStride = (blockCount + 15) / 16 * 16
    }

    /// Sets a batch's targets, one per row; negative where there is no target: loss and derivatives are 0 there.
    /// - Parameter keepsScores: whether ``keptScores(row:)`` will be asked for.
    func begin(
        targets: [Int32], rowCount: Int, scale: Float, labelSmoothing: Double, classWeights: [Float] = [], keepsScores: Bool = false
    ) {
        precondition(labelSmoothing == 0 || classWeights.isEmpty, "class weights go without label smoothing")
        self.targets = targets
        self.classWeights = classWeights
        self.keepsScores = keepsScores
        if keepsScores, scores.count < rowCount * outputCount { scores = FloatMemory(count: rowCount * outputCount) }
        self.scale = scale
        self.labelSmoothing = labelSmoothing
        uniformScale = scale * Float(labelSmoothing / Double(outputCount))
        if isSmoothed, scoreSums.count < rowCount * factorStride { scoreSums = FloatMemory(count: rowCount * factorStride) }
        defer { setTargetScales(rowCount: rowCount) }
        guard targetScores.count < rowCount else { return }
        targetScales = FloatMemory(count: rowCount)
        maxima = FloatMemory(count: rowCount * factorStride)
        sums = FloatMemory(count: rowCount * factorStride)
        targetScores = FloatMemory(count: rowCount)
        targetIsBest = FloatMemory(count: rowCount)
    }

    private func setTargetScales(rowCount: Int) {
        let scales = targetScales.view
        guard !classWeights.isEmpty else { return scales.slice(from: 0, count: rowCount).fill(scale * Float(1 - labelSmoothing)) }
        for row in 0..<rowCount { scales[row] = targets[row] < 0 ? 0 : scale * classWeights[Int(targets[row])] }
    }

    /// Whether labels are smoothed.
    var isSmoothed: Bool { labelSmoothing > 0 }
    /// A row's target and its scores, `[outputs]`, once all blocks are exponentiated; nil for a row without a target.
    func keptScores(row: Int) -> (target: Int32, scores: FloatView)? {
        targets[row] < 0 ? nil : (targets[row], scores.view.slice(from: row * outputCount, count: outputCount))
    }

    /// The factors of one block: row r's at `r * factorStride`.
    func factors(ofBlock block: Int) -> FloatView { maxima.view.slice(from: block, count: maxima.count - block) }
    /// The targets' part of ∂L/∂h.
    /// - Parameter sums: with label smoothing, Σ over outputs of the weights.
    func targetWeights(of weight: FloatView, sums: FloatView, _ precision: Precision, hidden: Int, units: Range<Int>) -> TargetWeights {
        TargetWeights(
            weight, precision, hidden: hidden, units: units, targets: targets, scales: targetScales.view, sums: isSmoothed ? sums : nil,
            uniformScale: uniformScale)
    }
    /// Softmax derivatives from exponentials: factor·e, minus the target's scale and that of all outputs.
    var rows: SoftmaxRows {
        SoftmaxRows(
            factors: maxima.view, factorStride: factorStride, blockWidth: LinearHead.blockWidth, targets: targets, scales: targetScales.view,
            uniformScale: uniformScale)
    }

    /// Replaces a block's scores, which begin at `start`, by their exponentials.
    func exponentiate(_ outputs: FloatView, at start: Int, row: Int, block: Int) {
        let first = block * LinearHead.blockWidth
        let count = min(LinearHead.blockWidth, outputCount - first)
        let padded = (count + 15) / 16 * 16
        let target = Int(targets[row])
        guard target >= 0 else {
            outputs.slice(from: start, count: padded).fill(0)
            return
        }
        if keepsScores { scores.view.copy(outputs.slice(from: start, count: count), to: row * outputCount + first) }
        if isSmoothed { scoreSums.view[row * factorStride + block] = scoreSum(outputs, at: start, count: count) }
        for index in count..<padded { outputs[start + index] = -.infinity }
        let largest = maximum(outputs, at: start, count: padded)
        if first..<first + count ~= target {
            let place = target - first
            targetScores.view[row] = outputs[start + place]
            let isBest = outputs[start + place] == largest && !(0..<place).contains { outputs[start + $0] == largest }
            targetIsBest.view[row] = isBest ? 1 : 0
        }
        var chains = SIMD16<Float>(repeating: 0)
        let shift = Lane(repeating: largest)
        for index in stride(from: start, to: start + padded, by: 16) {
            for part in stride(from: 0, to: 16, by: laneCount) {
                outputs.setLane(exponential(outputs.lane(at: index + part) - shift), at: index + part)
            }
            chains += outputs.sixteen(at: index)
        }
        maxima.view[row * factorStride + block] = largest
        sums.view[row * factorStride + block] = treeSum(chains)
    }

    /// Σ s of a block, in 16 chains as Σ e. Overwrites the padding.
    private func scoreSum(_ scores: FloatView, at start: Int, count: Int) -> Float {
        let padded = (count + 15) / 16 * 16
        for index in count..<padded { scores[start + index] = 0 }
        var chains = SIMD16<Float>(repeating: 0)
        for index in stride(from: start, to: start + padded, by: 16) { chains += scores.sixteen(at: index) }
        return treeSum(chains)
    }

    private func maximum(_ scores: FloatView, at start: Int, count: Int) -> Float {
        var lanes = scores.lane(at: start)
        for index in stride(from: start + laneCount, to: start + count, by: laneCount) { lanes = laneMaximum(lanes, scores.lane(at: index)) }
        var largest = lanes[0]
        for lane in 1..<laneCount where lanes[lane] > largest { largest = lanes[lane] }
        return largest
    }

    /// Once all its blocks are exponentiated: a row's loss, and the factors of its blocks.
    func normalize(row: Int, losses: RowLosses) {
        let factors = maxima.view.slice(from: row * factorStride, count: factorStride)
        let target = Int(targets[row])
        guard target >= 0 else {
            factors.fill(0)
            return
        }
        var largest = factors[0]
        for block in 1..<max(1, blockCount) where factors[block] > largest { largest = factors[block] }
        let block = target / LinearHead.blockWidth
        let isRight = targetIsBest.view[row] == 1 && factors[block] == largest && !(0..<block).contains { factors[$0] == largest }
        let shift = Lane(repeating: largest)
        for index in stride(from: 0, to: factorStride, by: laneCount) { factors.setLane(exponential(factors.lane(at: index) - shift), at: index) }
        var sum: Float = 0
        for block in 0..<blockCount { sum = sum.addingProduct(sums.view[row * factorStride + block], factors[block]) }
        factors.scale(by: (classWeights.isEmpty ? scale : targetScales.view[row]) / sum)
        let loss = naturalLogarithm(Double(sum)) + Double(largest) - targetScore(row: row)
        losses.set(row, loss: classWeights.isEmpty ? loss : Double(classWeights[target]) * loss, isRight: isRight)
    }

    /// The row's score by its target: the class's, or with label smoothing (1 - ε) of that and ε/K · Σ s.
    private func targetScore(row: Int) -> Double {
        let score = Double(targetScores.view[row])
        guard isSmoothed else { return score }
        let sum = (0..<blockCount).reduce(0.0) { $0 + Double(scoreSums.view[row * factorStride + $1]) }
        return (1 - labelSmoothing) * score + labelSmoothing / Double(outputCount) * sum
    }
}
