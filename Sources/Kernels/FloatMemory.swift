#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Owns `count` floats, initially 0, aligned to a cache line of 64 bytes.
///
/// The owner lends it as a `view`: to kernels whose tasks write disjoint parts concurrently, and as a span to single-threaded code.
public struct FloatMemory: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let count: Int

    public init(count: Int) {
        precondition(count >= 0)
        // One whole vector of padding after the last float, so that a tail can be loaded as a vector.
        let byteCount = (max(count, 1) * MemoryLayout<Float>.stride + 127) / 64 * 64
        var pointer: UnsafeMutableRawPointer?
        guard posix_memalign(&pointer, 64, byteCount) == 0, let pointer else {
            preconditionFailure("no memory for \(byteCount) bytes")
        }
        memset(pointer, 0, byteCount)
        base = pointer.bindMemory(to: Float.self, capacity: byteCount / MemoryLayout<Float>.stride)
        self.count = count
    }

    deinit { free(base) }

    /// All floats, for any number of readers and writers. Valid while this owner lives; concurrent writers must use disjoint parts.
    public var view: FloatView { FloatView(base: base, count: count) }
}
