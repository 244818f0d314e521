public import CVector

// The sums of one row of a tile: one variable per vector, since the compiler keeps variables in registers (an array ran at 60 % of the speed).

/// One multiply-add step in every lane, for the operands' precision.
public protocol LaneProduct {
    /// sum + x · y.
    static func sum(_ x: Lane, _ y: Lane, _ sum: Lane) -> Lane
}

/// float32: a step is one element.
@frozen
public enum FloatProduct: LaneProduct {
    @inlinable
    @inline(__always)
    public static func sum(_ x: Lane, _ y: Lane, _ sum: Lane) -> Lane { laneFMA(x, y, sum) }
}

/// bfloat16: a step is a pair, added by two FMAs, the earlier element first. Uses the processor's pair instruction if the build has it.
@frozen
public enum PairProduct: LaneProduct {
    @inlinable
    @inline(__always)
    public static func sum(_ x: Lane, _ y: Lane, _ sum: Lane) -> Lane { lanePairFMA(y, x, sum) }
}

/// bfloat16 with the same bits, by two FMAs on the unpacked halves.
@frozen
public enum HalvesProduct: LaneProduct {
    @inlinable
    @inline(__always)
    public static func sum(_ x: Lane, _ y: Lane, _ sum: Lane) -> Lane { lanePairFMAOfHalves(y, x, sum) }
}

/// Sums of one row over the vectors of a panel: one chain of FMAs per lane.
public protocol PanelSums {
    /// One step of the panel, loaded once for all rows of a tile.
    associatedtype Weights
    init(_ begin: FourLanes)
    static func weights(_ step: UnsafePointer<Lane>) -> Weights
    /// sums += x · weights.
    mutating func addProduct(_ x: Lane, _ weights: Weights)
    /// The same for three rows, vector by vector: 16 registers have room for one vector of weights at a time.
    static func addProducts(to first: inout Self, _ second: inout Self, _ third: inout Self, _ x: Lane, _ y: Lane, _ z: Lane, _ step: UnsafePointer<Lane>)
    /// The sums; 0 in the vectors that the panel doesn't have.
    var lanes: FourLanes { get }
}

/// Sums of one vector for three rows.
@inlinable
@inline(__always)
func addProducts<Product: LaneProduct>(
    _: Product.Type, to first: inout Lane, _ second: inout Lane, _ third: inout Lane, _ x: Lane, _ y: Lane, _ z: Lane, _ weights: Lane
) {
    first = Product.sum(x, weights, first)
    second = Product.sum(y, weights, second)
    third = Product.sum(z, weights, third)
}

/// One row's four vectors of a panel.
@frozen
public struct FourLanes {
    public var a, b, c, d: Lane

    @inlinable
    @inline(__always)
    public init(_ a: Lane, _ b: Lane, _ c: Lane, _ d: Lane) {
        self.a = a
        self.b = b
        self.c = c
        self.d = d
    }
}

@frozen
@usableFromInline
struct FourVectorSums<Product: LaneProduct>: PanelSums {
    @usableFromInline var sums: FourLanes

    @inlinable
    @inline(__always)
    init(_ begin: FourLanes) { sums = begin }

    @inlinable
    @inline(__always)
    static func weights(_ step: UnsafePointer<Lane>) -> FourLanes { FourLanes(step[0], step[1], step[2], step[3]) }

    @inlinable
    @inline(__always)
    mutating func addProduct(_ x: Lane, _ weights: FourLanes) {
        sums.a = Product.sum(x, weights.a, sums.a)
        sums.b = Product.sum(x, weights.b, sums.b)
        sums.c = Product.sum(x, weights.c, sums.c)
        sums.d = Product.sum(x, weights.d, sums.d)
    }

    @inlinable
    @inline(__always)
    static func addProducts(
        to first: inout Self, _ second: inout Self, _ third: inout Self, _ x: Lane, _ y: Lane, _ z: Lane, _ step: UnsafePointer<Lane>
    ) {
        Kernels.addProducts(Product.self, to: &first.sums.a, &second.sums.a, &third.sums.a, x, y, z, step[0])
        Kernels.addProducts(Product.self, to: &first.sums.b, &second.sums.b, &third.sums.b, x, y, z, step[1])
        Kernels.addProducts(Product.self, to: &first.sums.c, &second.sums.c, &third.sums.c, x, y, z, step[2])
        Kernels.addProducts(Product.self, to: &first.sums.d, &second.sums.d, &third.sums.d, x, y, z, step[3])
    }

    @inlinable
    @inline(__always)
    var lanes: FourLanes { sums }
}

@frozen
@usableFromInline
struct ThreeVectorSums<Product: LaneProduct>: PanelSums {
    @usableFromInline var a, b, c: Lane

    @inlinable
    @inline(__always)
    init(_ begin: FourLanes) { (a, b, c) = (begin.a, begin.b, begin.c) }

    @inlinable
    @inline(__always)
    static func weights(_ step: UnsafePointer<Lane>) -> (Lane, Lane, Lane) { (step[0], step[1], step[2]) }

    @inlinable
    @inline(__always)
    mutating func addProduct(_ x: Lane, _ weights: (Lane, Lane, Lane)) {
        a = Product.sum(x, weights.0, a)
        b = Product.sum(x, weights.1, b)
        c = Product.sum(x, weights.2, c)
    }

    @inlinable
    @inline(__always)
    static func addProducts(
        to first: inout Self, _ second: inout Self, _ third: inout Self, _ x: Lane, _ y: Lane, _ z: Lane, _ step: UnsafePointer<Lane>
    ) {
        Kernels.addProducts(Product.self, to: &first.a, &second.a, &third.a, x, y, z, step[0])
        Kernels.addProducts(Product.self, to: &first.b, &second.b, &third.b, x, y, z, step[1])
        Kernels.addProducts(Product.self, to: &first.c, &second.c, &third.c, x, y, z, step[2])
    }

    @inlinable
    @inline(__always)
    var lanes: FourLanes { FourLanes(a, b, c, Lane(repeating: 0)) }
}

@frozen
@usableFromInline
struct TwoVectorSums<Product: LaneProduct>: PanelSums {
    @usableFromInline var a, b: Lane

    @inlinable
    @inline(__always)
    init(_ begin: FourLanes) { (a, b) = (begin.a, begin.b) }

    @inlinable
    @inline(__always)
    static func weights(_ step: UnsafePointer<Lane>) -> (Lane, Lane) { (step[0], step[1]) }

    @inlinable
    @inline(__always)
    mutating func addProduct(_ x: Lane, _ weights: (Lane, Lane)) {
        a = Product.sum(x, weights.0, a)
        b = Product.sum(x, weights.1, b)
    }

    @inlinable
    @inline(__always)
    static func addProducts(
        to first: inout Self, _ second: inout Self, _ third: inout Self, _ x: Lane, _ y: Lane, _ z: Lane, _ step: UnsafePointer<Lane>
    ) {
        Kernels.addProducts(Product.self, to: &first.a, &second.a, &third.a, x, y, z, step[0])
        Kernels.addProducts(Product.self, to: &first.b, &second.b, &third.b, x, y, z, step[1])
    }

    @inlinable
    @inline(__always)
    var lanes: FourLanes { FourLanes(a, b, Lane(repeating: 0), Lane(repeating: 0)) }
}

@frozen
@usableFromInline
struct OneVectorSums<Product: LaneProduct>: PanelSums {
    @usableFromInline var a: Lane

    @inlinable
    @inline(__always)
    init(_ begin: FourLanes) { a = begin.a }

    @inlinable
    @inline(__always)
    static func weights(_ step: UnsafePointer<Lane>) -> Lane { step[0] }

    @inlinable
    @inline(__always)
    mutating func addProduct(_ x: Lane, _ weights: Lane) { a = Product.sum(x, weights, a) }

    @inlinable
    @inline(__always)
    static func addProducts(
        to first: inout Self, _ second: inout Self, _ third: inout Self, _ x: Lane, _ y: Lane, _ z: Lane, _ step: UnsafePointer<Lane>
    ) {
        Kernels.addProducts(Product.self, to: &first.a, &second.a, &third.a, x, y, z, step[0])
    }

    @inlinable
    @inline(__always)
    var lanes: FourLanes { FourLanes(a, Lane(repeating: 0), Lane(repeating: 0), Lane(repeating: 0)) }
}
