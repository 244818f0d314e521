import Kernels

/// Random lengths of the chunks of truncated backpropagation through time (Merity, Keskar & Socher 2018, section 5.1), so that no symbol is always the first of its
/// chunk, from which no gradient flows on.
///
/// A length is drawn from a normal distribution of deviation 5 around T, or in one of twenty chunks around T/2, and is at least 5. Then all of an epoch are
/// scaled, so that it has as many chunks as with fixed lengths, T steps long on average: there the paper lets their number vary.
/// Each epoch's are functions of seed and epoch.
struct ChunkLengths {
    let seed: UInt64

    /// Where each chunk of an epoch begins, and the last ends: `chunkCount` + 1 numbers, from 0 to `chunkCount` · `length`.
    func bounds(chunkCount: Int, length: Int, epoch: Int) -> [Int] {
        let random = Philox(seed: seed, purpose: .chunkLengths)
        var ends = [0.0]
        for chunk in 0..<chunkCount {
            let mean = random.uniformDouble(epoch, chunk, 0) < 0.05 ? Double(length) / 2 : Double(length)
            let drawn = mean + 5 * random.normalPair(epoch, chunk, 1).0
            ends.append(ends[chunk] + max(min(5, Double(length)), drawn))
        }
        let stepCount = chunkCount * length
        let scale = Double(stepCount) / ends[chunkCount]
        var bounds = [0]
        for chunk in 1..<max(1, chunkCount) {
            // A step for this chunk and each after it at the least.
            bounds.append(max(bounds[chunk - 1] + 1, min(Int((ends[chunk] * scale).rounded()), stepCount - (chunkCount - chunk))))
        }
        return chunkCount > 0 ? bounds + [stepCount] : bounds
    }
}
