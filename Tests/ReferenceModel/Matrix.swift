/// A dense matrix of Doubles, `[rows, columns]`, row after row. Written to be read, not to be fast.
struct Matrix {
    let rows: Int, columns: Int
    var elements: [Double]
    /// Of the factors of products.
    var rounding = Rounding.none

    static func zeros(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
    }

    /// Row `index`: `[columns]`.
    func row(_ index: Int) -> [Double] {
        Array(elements[index * columns..<(index + 1) * columns])
    }

    /// `self · vector`: `[rows]`, from `[columns]`.
    func times(_ vector: [Double]) -> [Double] {
        let factors = rounding(vector)
        return (0..<rows).map { r in
            (0..<columns).reduce(0) { sum, k in sum + rounding(elements[r * columns + k]) * factors[k] }
        }
    }

    /// `selfᵀ · vector`: `[columns]`, from `[rows]`; the vector is rounded by the caller.
    func transposedTimes(_ vector: [Double]) -> [Double] {
        (0..<columns).map { k in
            (0..<rows).reduce(0) { sum, r in sum + rounding(elements[r * columns + k]) * vector[r] }
        }
    }

    /// Adds `left · rightᵀ`, from `[rows]` and `[columns]`: what a product `self · right` gives its matrix when `left` is the derivative of its result.
    /// `left` is rounded by the caller.
    mutating func addOuterProduct(_ left: [Double], _ right: [Double]) {
        let factors = rounding(right)
        for r in 0..<rows {
            for k in 0..<columns { elements[r * columns + k] += left[r] * factors[k] }
        }
    }

    /// Adds `vector`, `[columns]`, to row `index`.
    mutating func addToRow(_ index: Int, _ vector: [Double]) {
        for k in 0..<columns { elements[index * columns + k] += vector[k] }
    }
}

/// Adds `vector` to `total`, element by element; both have one length.
func add(_ vector: [Double], to total: inout [Double]) {
    for k in total.indices { total[k] += vector[k] }
}

/// The sum of vectors of one length.
func sum(_ first: [Double], _ others: [Double]...) -> [Double] {
    var total = first
    for other in others { add(other, to: &total) }
    return total
}
