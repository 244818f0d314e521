/// How many times its level a series is at each place of its season, as the M4 competition's Naive 2 has it (Makridakis, Spiliotis & Assimakopoulos 2020):
/// by classical decomposition, of a series whose autocorrelation at the season is significant at 90 %; otherwise 1.
struct SeasonalIndices: Sendable {
    /// By the place of a row in the season, counted from the first row.
    private let values: [Double]

    /// - Parameters:
    ///   - rows: in the units of the file.
    ///   - season: rows of a season, at least 1.
    /// Cost: rows · season.
    init(_ rows: [Double], season: Int) {
        // Shares of a level of 0 or less mean nothing.
        let isSeasonal = season > 1 && rows.count >= 3 * season && rows.allSatisfy { $0 > 0 } && Self.isSeasonal(rows, season)
        values = isSeasonal ? Self.indices(rows, season) : [1]
    }

    /// - Parameter row: counted from the first of the rows, also behind their end.
    subscript(row: Int) -> Double { values[row % values.count] }

    /// |r_m| > 1.645 / √n · √(1 + 2 Σ r_k²), k < m, with the autocorrelations r.
    private static func isSeasonal(_ rows: [Double], _ season: Int) -> Bool {
        let mean = rows.reduce(0, +) / Double(rows.count)
        func covariance(_ lag: Int) -> Double { (lag..<rows.count).reduce(0) { $0 + (rows[$1] - mean) * (rows[$1 - lag] - mean) } }
        let variance = covariance(0)
        guard variance > 0 else { return false }
        let correlations = (1...season).map { covariance($0) / variance }
        let limit = 1.645 * ((1 + 2 * correlations.dropLast().reduce(0) { $0 + $1 * $1 }) / Double(rows.count)).squareRoot()
        return abs(correlations[season - 1]) > limit
    }

    /// The mean share of each place in the centred moving average over a season; the mean of all is 1.
    private static func indices(_ rows: [Double], _ season: Int) -> [Double] {
        let half = season / 2
        var sums = Array(repeating: 0.0, count: season)
        var counts = Array(repeating: 0.0, count: season)
        for row in half..<rows.count - half {
            var level = (row - half...row + half).reduce(0) { $0 + rows[$1] }
            // Of an even season the window's two ends count half.
            if season % 2 == 0 { level -= (rows[row - half] + rows[row + half]) / 2 }
            sums[row % season] += rows[row] * Double(season) / level
            counts[row % season] += 1
        }
        let means = zip(sums, counts).map { $0 / $1 }
        let mean = means.reduce(0, +) / Double(season)
        return means.map { $0 / mean }
    }
}
