/// Bytes that are read from front to back: a part of a file, or what is decompressed from one.
protocol ByteStream: AnyObject {
    /// Writes the next bytes to `memory`.
    /// - Returns: how many. They are fewer than `memory` holds only at the end.
    /// - Precondition: `memory` is valid during the call. The stream keeps no pointer to it.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FileError) -> Int

    /// Checks what only the end shows, such as a checksum. The caller has read all bytes.
    func finish() throws(FileError)
}

extension ByteStream {
    func finish() throws(FileError) {}

    /// The next bytes, at most `byteCount` of them; fewer only at the end.
    func nextBytes(atMost byteCount: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        try append(atMost: byteCount, to: &bytes)
        return bytes
    }

    /// All bytes up to the end, checked by ``finish()``; nil if they are more than `limit`, of which one is read.
    /// - Parameter expectedByteCount: how many there may be; memory is taken for so many. If there are more, it is doubled as often as needed.
    func bytesToEnd(atMost limit: Int, expectedByteCount: Int = 0) throws(FileError) -> [UInt8]? {
        var bytes: [UInt8] = []
        let most = min(limit, .max - 1) + 1
        while bytes.count < most {
            // One byte more than expected shows that there are no more.
            let room = min(max(bytes.count, bytes.isEmpty ? expectedByteCount + 1 : 0, 1 << 16), most - bytes.count)
            guard try append(atMost: room, to: &bytes) == room else {
                try finish()
                return bytes
            }
        }
        return nil
    }

    /// Appends the next bytes to `bytes`, at most `byteCount` of them.
    /// - Returns: how many.
    @discardableResult
    private func append(atMost byteCount: Int, to bytes: inout [UInt8]) throws(FileError) -> Int {
        let before = bytes.count
        try bytes.append(addingCapacity: byteCount) { output throws(FileError) in
            // The memory is the array's own during the closure, and `read` says how much of it it wrote.
            try output.withUnsafeMutableBufferPointer { memory, count throws(FileError) in
                count = try read(into: UnsafeMutableRawBufferPointer(memory))
            }
        }
        return bytes.count - before
    }
}
