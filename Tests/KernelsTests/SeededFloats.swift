import Kernels

/// `count` numbers uniform in ±1, a function of the seed.
func floats(count: Int, seed: UInt64) -> [Float] {
    let random = Philox(seed: seed, purpose: .examples)
    return (0..<count).map { 2 * random.uniformFloat($0) - 1 }
}

/// Memory that holds `values`.
func memory(_ values: [Float]) -> FloatMemory {
    let memory = FloatMemory(count: values.count)
    memory.view.copy(values)
    return memory
}

/// The same bits: tells -0 from 0, and NaN is itself.
func areSame(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}

/// The fixed tree over shards or ranks, level by level: neighbours in pairs, an odd one at a level's end moving up as it is.
func levelByLevel(_ leaves: [[Float]]) -> [Float] {
    var level = leaves
    while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { first in
            first + 1 < level.count ? zip(level[first], level[first + 1]).map { $0 + $1 } : level[first]
        }
    }
    return level.first ?? []
}

/// Shards of `sequenceCounts` sequences each.
func shards(_ sequenceCounts: [Int]) -> [Range<Int>] {
    var first = 0
    return sequenceCounts.map { count in
        defer { first += count }
        return first..<first + count
    }
}
