/// Floats that are functions of (seed, rank, index), of both signs and with exponents from −20 to 19, so that a sum's bits depend on its order.
func counterFloats(seed: UInt64, rank: Int, count: Int) -> [Float] {
    (0..<count).map { place in
        var bits = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(rank) &* 0xD1B5_4A32_D192_ED03 &+ UInt64(place)
        for _ in 0..<3 {
            bits = (bits ^ (bits >> 31)) &* 0xBF58_476D_1CE4_E5B9
            bits ^= bits >> 29
        }
        let mantissa = 1 + Float(bits & 0x7F_FFFF) * 0x1p-23
        let scaled = Float(sign: .plus, exponent: Int(bits >> 24 & 0xFFFF) % 40 - 20, significand: mantissa)
        return bits >> 63 == 0 ? scaled : -scaled
    }
}

/// The sum of rows, level by level: neighbours in pairs; the last one of an odd level moves up unchanged.
func treeSum(_ rows: [[Float]]) -> [Float] {
    var level = rows
    while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map { left in
            left + 1 < level.count ? zip(level[left], level[left + 1]).map { $0 + $1 } : level[left]
        }
    }
    return level[0]
}

/// The first difference between the bits of two arrays, or nil.
func firstDifference(_ found: [Float], _ wanted: [Float]) -> String? {
    if found.count != wanted.count { return "\(found.count) floats instead of \(wanted.count)" }
    guard let place = found.indices.first(where: { found[$0].bitPattern != wanted[$0].bitPattern }) else { return nil }
    return "element \(place) is \(found[place]) instead of \(wanted[place])"
}
