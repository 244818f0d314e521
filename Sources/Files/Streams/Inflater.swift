import CZlib

/// zlib's decompression of the bytes that a stream gives. It reads ahead in the stream by up to ``inputByteCount``.
final class Inflater {
    enum Format: Int32 {
        /// 16 stands for a member of gzip with its header, checksum and length, which zlib checks; 15 for a window of up to 32 kB.
        case gzip = 31
        /// Deflate alone.
        case deflate = -15
    }

    enum Failure: Error {
        /// zlib's own words.
        case damaged(reason: String)
        /// The source ended before the compressed data did.
        case endsEarly
        case noMemory
        case source(FileError)
    }

    private static let inputByteCount = 1 << 16
    /// Most bytes of one call: zlib counts in 32 bits.
    private static let largestOutput = 1 << 30
    /// Most bytes that one byte of deflate can stand for: a match of 258 bytes takes at least two bits.
    static let largestRatio = 1032

    private let source: any ByteStream
    // Owned here, and freed by deinit. zlib keeps the address of its state's owner, so that can't be a stored property, which may move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var sourceHasEnded = false
    private var readByteCount = 0
    /// Whether the compressed data have ended. Then ``read(into:)`` gives nothing until ``restart()``.
    private(set) var isAtEnd = false

    init(_ format: Format, _ source: any ByteStream) throws(Failure) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw .noMemory
        }
        self.stream = stream
        self.source = source
        input = .allocate(byteCount: Self.inputByteCount, alignment: 16)
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    /// Compressed bytes that were decompressed.
    var consumedByteCount: Int { readByteCount - unreadCount }

    private var unreadCount: Int { Int(stream.pointee.avail_in) }

    /// Decompresses into `memory` until it is full or the compressed data end.
    /// - Returns: the number of bytes.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var count = 0
        while count < memory.count, !isAtEnd {
            if unreadCount == 0 { try refill() }
            let room = min(memory.count - count, Self.largestOutput)
            // `memory` has `room` bytes behind `count`, and zlib writes to them during the call only.
            stream.pointee.next_out = memory.baseAddress.map { ($0 + count).assumingMemoryBound(to: UInt8.self) }
            stream.pointee.avail_out = UInt32(room)
            let code = inflate(stream, Z_NO_FLUSH)
            count += room - Int(stream.pointee.avail_out)
            switch code {
            case Z_OK: continue
            case Z_STREAM_END: isAtEnd = true
            // There is room, so it lacks input.
            case Z_BUF_ERROR: throw .endsEarly
            case Z_NEED_DICT: throw .damaged(reason: "it needs a dictionary")
            case Z_MEM_ERROR: throw .noMemory
            default: throw .damaged(reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib's error \(code)")
            }
        }
        return count
    }

    /// Begins anew with the next compressed byte.
    func restart() {
        inflateReset(stream)
        isAtEnd = false
    }

    /// The next `count` compressed bytes, which stay unread; fewer at the source's end.
    func upcomingBytes(_ count: Int) throws(Failure) -> [UInt8] {
        if unreadCount < count { try refill() }
        return (0..<min(count, unreadCount)).map { stream.pointee.next_in[$0] }
    }

    /// Moves what is unread to the front of `input`, and reads more behind it.
    private func refill() throws(Failure) {
        guard !sourceHasEnded else { return }
        let unread = unreadCount
        // The unread bytes are within `input`, where `next_in` points; they may overlap with their destination, as copyMemory allows.
        if unread > 0 { input.copyMemory(from: UnsafeRawBufferPointer(start: stream.pointee.next_in, count: unread)) }
        let free = UnsafeMutableRawBufferPointer(rebasing: input[unread...])
        let found: Int
        do { found = try source.read(into: free) } catch { throw .source(error) }
        sourceHasEnded = found < free.count
        readByteCount += found
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(unread + found)
    }
}
