/// Bytes that are in memory already.
final class MemoryStream: ByteStream {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = min(memory.count, bytes.count - offset)
        // The range is in `bytes`, and `memory` holds `count` bytes.
        bytes.withUnsafeBytes { memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
        offset += count
        return count
    }
}
