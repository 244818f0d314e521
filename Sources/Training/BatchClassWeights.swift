package import Batches
package import Datasets

/// Class weights of a global batch's loss, so that Σ over targets of weight · loss / targets is torch's `CrossEntropyLoss(weight:)`: the weighted mean, whose
/// divisor is the sum of the targets' weights over the whole batch.
package enum BatchClassWeights {
    /// The weights of the classes times targets / Σ over targets of their weights, the same on every rank; empty if `weights` is.
    /// - Parameter target: of all of the batch's sequences.
    package static func scaled(_ weights: [Double], for target: Batch.Target?) -> [Float] {
        guard !weights.isEmpty else { return [] }
        var counts = Array(repeating: 0, count: weights.count)
        switch target {
        case .classAtEnd(let classes), .tokenEveryStep(let classes): for place in classes where place >= 0 { counts[Int(place)] += 1 }
        default: return []
        }
        let sum = zip(counts, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
        let scale = sum > 0 ? Double(counts.reduce(0, +)) / sum : 1
        return weights.map { Float($0 * scale) }
    }

    /// The same of a batch of `batches`. Cost with weights: makes all its sequences.
    package static func scaled(_ weights: [Double], for batches: any BatchSequence, batch: Int) -> [Float] {
        guard !weights.isEmpty else { return [] }
        return scaled(weights, for: batches.sequences(at: 0..<batches.sequenceCount(ofBatch: batch), ofBatch: batch).target)
    }
}
