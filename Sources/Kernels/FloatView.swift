public import CVector

/// Floats of some ``FloatMemory``, borrowed: must not outlive it. Tasks that write at once keep to disjoint parts.
@frozen
public struct FloatView: @unchecked Sendable {
    @usableFromInline let base: UnsafeMutablePointer<Float>
    public let count: Int

    @inlinable
    init(base: UnsafeMutablePointer<Float>, count: Int) {
        self.base = base
        self.count = count
    }

    @inlinable
    public subscript(index: Int) -> Float {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        @inline(__always) nonmutating set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }

    /// The vector of floats that begins at `index`; it may reach behind the view by less than a vector.
    @inlinable
    @inline(__always)
    public func lane(at index: Int) -> Lane {
        UnsafeRawPointer(base + index).loadUnaligned(as: Lane.self)
    }

    /// Writes a whole vector at `index`.
    @inlinable
    @inline(__always)
    public func setLane(_ value: Lane, at index: Int) {
        UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: Lane.self)
    }

    /// The `count` floats from `start` on.
    @inlinable
    public func slice(from start: Int, count: Int) -> FloatView {
        precondition(start >= 0 && count >= 0 && start + count <= self.count)
        return FloatView(base: base + start, count: count)
    }

    public func fill(_ value: Float) {
        base.update(repeating: value, count: count)
    }

    /// Copies `source` to `start`; the two must not overlap.
    public func copy(_ source: FloatView, to start: Int = 0) {
        precondition(start >= 0 && start + source.count <= count)
        (base + start).update(from: source.base, count: source.count)
    }

    /// Copies an array to `start`.
    public func copy(_ source: [Float], to start: Int = 0) {
        precondition(start >= 0 && start + source.count <= count)
        source.withUnsafeBufferPointer { values in
            guard let first = values.baseAddress else { return }
            (base + start).update(from: first, count: values.count)
        }
    }

    public func array() -> [Float] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}

/// Floats in a vector of this build, as an `Int`.
@inlinable
@inline(__always)
public var laneCount: Int { MemoryLayout<Lane>.size / MemoryLayout<Float>.size }

extension FloatView {
    /// Lends the floats as a span to code that runs on one thread.
    public func withSpan<Result, Failure: Error>(_ body: (Span<Float>) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: base, count: count).span)
    }

    /// Lends the floats as a mutable span to code that runs on one thread.
    public func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = UnsafeMutableBufferPointer(start: base, count: count).mutableSpan
        return try body(&span)
    }
}

extension FloatView {
    /// The 16 floats from `index` on, for sums whose order must not depend on the vector width.
    @inlinable
    @inline(__always)
    public func sixteen(at index: Int) -> SIMD16<Float> {
        UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inlinable
    @inline(__always)
    public func setSixteen(_ value: SIMD16<Float>, at index: Int) {
        UnsafeMutableRawPointer(base + index).storeBytes(of: value, as: SIMD16<Float>.self)
    }

    /// Asks for the cache line of the float at `index`, which may lie outside the view: it is then asked for in vain.
    @inlinable
    @inline(__always)
    public func prefetch(at index: Int) { prefetchLine(base + index) }
}
