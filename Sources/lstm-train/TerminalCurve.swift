import Foundation

/// A curve drawn with characters: Braille characters of four by two dots, or asterisks.
struct TerminalCurve {
    let values: [Double]
    let columnCount: Int
    let rowCount: Int
    let usesBraille: Bool

    /// Range of the values, from the last row to the first.
    var range: ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max() else { return nil }
        return low...high
    }

    /// Lines from top to bottom.
    var lines: [String] { usesBraille ? brailleLines : asteriskLines }

    /// The value for each of `count` columns of dots: that of the nearest point. Fewer points are stretched to the full width.
    private func samples(_ count: Int) -> [Double] {
        guard values.count > 1, count > 1 else { return values }
        return (0..<count).map { values[($0 * (values.count - 1) + (count - 1) / 2) / (count - 1)] }
    }

    /// The row, from the top, of the dot in each column of dots.
    private func dotRows(columns: Int, rows: Int) -> [Int] {
        guard let range else { return [] }
        let height = range.upperBound - range.lowerBound
        return samples(columns).map { value in
            height > 0 ? Int(((range.upperBound - value) / height * Double(rows - 1)).rounded()) : rows - 1
        }
    }

    private var asteriskLines: [String] {
        let rows = dotRows(columns: columnCount, rows: rowCount)
        return (0..<rowCount).map { line in String(rows.map { $0 == line ? "*" : " " }) }
    }

    /// Unicode numbers the dots of a character column by column, the fourth row last.
    private static let dots: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    private var brailleLines: [String] {
        let rows = dotRows(columns: 2 * columnCount, rows: 4 * rowCount)
        return (0..<rowCount).map { line in
            var characters = ""
            for column in stride(from: 0, to: rows.count, by: 2) {
                var pattern: UInt32 = 0x2800
                for side in 0..<2 where column + side < rows.count && rows[column + side] / 4 == line {
                    pattern |= Self.dots[side][rows[column + side] % 4]
                }
                characters.unicodeScalars.append(Unicode.Scalar(pattern) ?? " ")
            }
            return characters
        }
    }
}
