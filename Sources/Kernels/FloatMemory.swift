#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Owns `count` floats, all 0 at first, aligned to a cache line of 64 bytes.
///
/// Whoever owns it lends it as a `view`: to kernels whose tasks write disjoint parts at once, and, as a span, to code that runs on one thread.
public struct FloatMemory: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    public let count: Int

    public init(count: Int) {
        precondition(count >= 0)
        // Room for a whole vector behind the last float, so that a tail can be read as one.
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

    /// All floats, for any number of readers and writers; valid as long as this owner lives, and writers keep to disjoint parts.
    public var view: FloatView { FloatView(base: base, count: count) }
}
