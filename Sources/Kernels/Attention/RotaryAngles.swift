/// Rotary positions (Su et al. 2021): pairs of a head's numbers are turned by an angle that grows with the row's position, so that a query's product with
/// a key depends on the distance between them.
///
/// ```
/// (x_i, x_{i + d/2}) → (x_i cos φ - x_{i + d/2} sin φ, x_i sin φ + x_{i + d/2} cos φ)      φ = position · 10000^(-2i/d), 0 ≤ i < d/2
/// ```
///
/// Which numbers are a pair is a permutation of the weights: here halves of the head, as in GPT-NeoX. The last number of an odd head is left as it is.
public struct RotaryAngles: Sendable {
    let cosines: FloatView
    let sines: FloatView
    let pairCount: Int

    /// Floats of a table for so many positions.
    public static func count(positions: Int, width: Int) -> Int { 2 * positions * (width / 2) }

    /// A table that was written by ``fill(_:positions:width:)``.
    public init(_ table: FloatView, positions: Int, width: Int) {
        pairCount = width / 2
        cosines = table.slice(from: 0, count: positions * pairCount)
        sines = table.slice(from: positions * pairCount, count: positions * pairCount)
    }

    /// Writes the table's sines and cosines.
    public static func fill(_ table: FloatView, positions: Int, width: Int) {
        let angles = RotaryAngles(table, positions: positions, width: width)
        for pair in 0..<angles.pairCount {
            let turns = turnsPerPosition(pair: pair, width: width)
            for position in 0..<positions {
                let (cosine, sine) = cosineAndSine(ofTurns: fraction(Double(position) * turns))
                angles.cosines[position * angles.pairCount + pair] = Float(cosine)
                angles.sines[position * angles.pairCount + pair] = Float(sine)
            }
        }
    }

    /// Copies rows of a head to `target`, row r to `r * stride`, turned by their positions' angles.
    func copyTurned(_ rows: HeadRows, positions: Range<Int>, width: Int, to target: FloatView, stride: Int) {
        for (row, position) in positions.enumerated() {
            let source = rows.floats.slice(from: rows.first + row * rows.rowStride, count: width)
            turn(source, position: position, direction: 1, width: width, into: target.slice(from: row * stride, count: width))
        }
    }

    /// Writes one row, turned forward (direction 1) or back (-1).
    func turn(_ source: FloatView, position: Int, direction: Float, width: Int, into target: FloatView) {
        let (cosines, sines) = (cosines.slice(from: position * pairCount, count: pairCount), sines.slice(from: position * pairCount, count: pairCount))
        for pair in 0..<pairCount {
            let (x, y) = (source[pair], source[pair + pairCount])
            let (cosine, sine) = (cosines[pair], direction * sines[pair])
            target[pair] = x * cosine - y * sine
            target[pair + pairCount] = x * sine + y * cosine
        }
        if width % 2 == 1 { target[width - 1] = source[width - 1] }
    }
}

/// Sinusoidal positions (Vaswani et al. 2017).
///
/// ```
/// p(t, 2i) = sin(t · 10000^(-2i/width))      p(t, 2i + 1) = cos(t · 10000^(-2i/width))
/// ```
public enum SinusoidalPositions {
    /// Writes the numbers of position `position` to `row`.
    public static func fill(_ row: FloatView, position: Int, width: Int) {
        for pair in 0..<(width + 1) / 2 {
            let (cosine, sine) = cosineAndSine(ofTurns: fraction(Double(position) * turnsPerPosition(pair: pair, width: width)))
            row[2 * pair] = Float(sine)
            if 2 * pair + 1 < width { row[2 * pair + 1] = Float(cosine) }
        }
    }
}

/// 10000^(-2 · pair / width) / 2π.
private func turnsPerPosition(pair: Int, width: Int) -> Double {
    exponential(-9.210_340_371_976_182_7 * Double(2 * pair) / Double(width)) / 6.283_185_307_179_586_477
}

private func fraction(_ x: Double) -> Double { x - x.rounded(.down) }
