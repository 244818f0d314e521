package import SeededRandomness

/// Figures that a text form or a computation would spoil: NaN payloads, zeros with sign, infinities, denormals, and any bits at all.
package func awkwardFloats(_ count: Int, _ numbers: inout SeededGenerator) -> [Float] {
    let special: [UInt32] = [0x7FC0_0001, 0xFFC1_2345, 0x7F80_0001, 0x8000_0000, 0x7F80_0000, 0xFF80_0000, 0x0000_0001, 0x807F_FFFF]
    return (0..<count).map { index in Float(bitPattern: index < special.count ? special[index] : UInt32(truncatingIfNeeded: numbers.next())) }
}

package func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
