import Glibc

// Reading from front to back: also a pipe or a device, whose size nothing tells.
extension OpenFile {
    /// Opens a file, pipe or device to be read from its beginning; waits for a pipe's other end.
    package static func fromBeginning(_ path: String) throws(FileError) -> OpenFile { try OpenFile(opening: path, flags: O_RDONLY) }

    /// Whether it is a device, which may be endless.
    package func isDevice() throws(FileError) -> Bool { [S_IFCHR, S_IFBLK].contains(try status().st_mode & S_IFMT) }

    package func isPlain() throws(FileError) -> Bool { try status().st_mode & S_IFMT == S_IFREG }

    /// The bytes that weren't read yet, up to the end, but at most `limit` of them.
    package func readToEnd(atMost limit: Int) throws(FileError) -> [UInt8] {
        let expectedByteCount = max(0, try byteCount())
        let pieceByteCount = min(max(expectedByteCount, 1 << 12), 1 << 20)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(expectedByteCount, limit))
        while bytes.count < limit {
            let piece = try nextBytes(atMost: min(pieceByteCount, limit - bytes.count))
            if piece.isEmpty { break }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }

    /// The next bytes, at most `byteCount` of them; empty at the end.
    package func nextBytes(atMost byteCount: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { memory, count in
            do throws(FileError) {
                count = try checked("read", path) { Glibc.read(descriptor, memory.baseAddress, byteCount) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
