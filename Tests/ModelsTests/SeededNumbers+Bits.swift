import ReferenceModel

/// Numbers straight from the generator's bits: the standard library's ways to draw may change with its version, and stored hashes with them.
extension SeededNumbers {
    /// `count` numbers, uniform in ±`bound`, each one that Float can hold.
    mutating func reals(count: Int, within bound: Double) -> [Double] {
        (0..<count).map { _ in Double(Float((Double(next() >> 11) * 0x1p-52 - 1) * bound)) }
    }

    /// `count` whole numbers, uniform in 0..<`bound`.
    mutating func wholeNumbers(count: Int, below bound: Int) -> [Int] {
        (0..<count).map { _ in Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
    }
}
