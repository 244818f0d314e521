public import CVector

/// Borrowed floats of a ``FloatMemory``; must not outlive it. Concurrent tasks must write disjoint parts.
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

    /// Loads the vector of floats that starts at `index`; it may extend past the view's end by less than a vector.
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

    /// `count` floats, starting at `start`.
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

    /// Fills the view with elements of an array, those from `start` on.
    public func copy(_ source: [Float], from start: Int) {
        precondition(start >= 0 && start + count <= source.count)
        source.withUnsafeBufferPointer { values in
            guard let first = values.baseAddress else { return }
            base.update(from: first + start, count: count)
        }
    }

    public func array() -> [Float] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}

/// Number of floats in a vector of this build, as an `Int`.
@inlinable
@inline(__always)
public var laneCount: Int { MemoryLayout<Lane>.size / MemoryLayout<Float>.size }

extension FloatView {
    /// Lends the floats as a span to single-threaded code.
    public func withSpan<Result, Failure: Error>(_ body: (Span<Float>) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(start: base, count: count).span)
    }

    /// Lends the floats as a mutable span to single-threaded code.
    public func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = UnsafeMutableBufferPointer(start: base, count: count).mutableSpan
        return try body(&span)
    }
}

extension FloatView {
    /// 16 floats starting at `index`, for sums whose order must not depend on the vector width.
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

    /// Prefetches the cache line of the float at `index`. An index outside the view is allowed and has no effect.
    @inlinable
    @inline(__always)
    public func prefetch(at index: Int) { prefetchLine(base + index) }
}
