/// CRC-32C, the checksum of Castagnoli's polynomial (RFC 3720, appendix B.4), and TensorFlow's masked form of it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    package static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    }

    /// The masked checksum: rotated, plus a constant, since a checksum of data that contain checksums is weak. Source: tensorflow/core/lib/hash/crc32c.h.
    package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let checksum = checksum(of: bytes)
        return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }
}
