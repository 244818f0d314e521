/// Integers in a record of a file, each of a fixed width and place, the least significant byte first.
struct LittleEndianFields {
    let bytes: [UInt8]

    /// - Precondition: the two bytes from `offset` on are there, as for the others below.
    func integer16(at offset: Int) -> Int { Int(unsigned(at: offset, byteCount: 2)) }
    func integer32(at offset: Int) -> Int { Int(unsigned(at: offset, byteCount: 4)) }
    func integer64(at offset: Int) -> UInt64 { unsigned(at: offset, byteCount: 8) }

    func has(_ signature: [UInt8], at offset: Int) -> Bool { bytes[offset...].starts(with: signature) }

    private func unsigned(at offset: Int, byteCount: Int) -> UInt64 {
        bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
