extension FloatView {
    /// self[i] += other[i].
    public func add(_ other: FloatView) {
        precondition(other.count == count)
        for index in 0..<count { base[index] += other.base[index] }
    }

    /// Turns -0 into 0 and leaves every other value: the sign of a sum that underflowed to 0 depends on how many zeros were added to it.
    public func makeZerosPositive() {
        for index in 0..<count { base[index] += 0 }
    }

    /// self[i] *= factor.
    public func scale(by factor: Float) {
        for index in 0..<count { base[index] *= factor }
    }

    /// Σ self[i]², in an order that depends only on the count: element i belongs to chain i mod 16, each chain is FMAs in ascending order,
    /// and the 16 chains are added in a binary tree.
    public func sumOfSquares() -> Float {
        var chains = SIMD16<Float>(repeating: 0)
        var index = 0
        while index + 16 <= count {
            let values = UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<Float>.self)
            chains = chains.addingProduct(values, values)
            index += 16
        }
        var rest = SIMD16<Float>(repeating: 0)
        for lane in 0..<count - index { rest[lane] = base[index + lane] }
        return treeSum(chains.addingProduct(rest, rest))
    }
}

/// Sum of 16 chains in a fixed tree: lane i with lane i + 8, then i + 4, i + 2, i + 1.
@inlinable
@inline(__always)
public func treeSum(_ chains: SIMD16<Float>) -> Float {
    let eight = chains.lowHalf + chains.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
}

/// Σ values by pairwise summation, level by level; the last value of an odd level moves up unchanged. 0 for an empty array.
public func treeSum(_ values: [Double]) -> Double {
    var values = values
    return values.withUnsafeMutableBufferPointer { treeSum(overwriting: $0) }
}

/// The same, in place.
public func treeSum(overwriting values: UnsafeMutableBufferPointer<Double>) -> Double {
    var count = values.count
    while count > 1 {
        for place in 0..<count / 2 { values[place] = values[2 * place] + values[2 * place + 1] }
        if count % 2 == 1 { values[count / 2] = values[count - 1] }
        count = (count + 1) / 2
    }
    return values.first ?? 0
}
