/// Where the windows of a part begin. A window lies within one series.
struct WindowStarts: Sendable {
    /// Row of each series' first window.
    private let firstRows: [Int]
    /// Number of windows of the series up to and including each one.
    private let ends: [Int]
    private let stride: Int

    /// - Parameters:
    ///   - series: the rows of each series.
    ///   - length: past rows of a window.
    ///   - horizon: rows that follow, all of the part.
    ///   - extendsBack: whether a window's past may be rows before the part.
    ///   - range: the part's rows in a series of so many.
    init(of series: [Range<Int>], length: Int, horizon: Int, stride: Int, extendsBack: Bool, _ range: (_ rowCount: Int) -> Range<Int>) {
        var (firstRows, ends): ([Int], [Int]) = ([], [])
        for rows in series {
            let own = range(rows.count)
            let first = !extendsBack || own.isEmpty ? own.lowerBound : max(0, own.lowerBound - length)
            firstRows.append(rows.lowerBound + first)
            ends.append((ends.last ?? 0) + windowCount(in: own.upperBound - first, length: length, ahead: horizon, stride: stride))
        }
        (self.firstRows, self.ends, self.stride) = (firstRows, ends, stride)
    }

    var count: Int { ends.last ?? 0 }

    /// Number of windows of a series.
    func count(ofSeries series: Int) -> Int { ends[series] - (series == 0 ? 0 : ends[series - 1]) }

    /// The windows of a series.
    func windows(ofSeries series: Int) -> Range<Int> { (series == 0 ? 0 : ends[series - 1])..<ends[series] }

    /// The series of a window, and the window's first row. Cost: the logarithm of the number of series.
    subscript(window: Int) -> (series: Int, row: Int) {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > window { high = middle } else { low = middle + 1 }
        }
        return (low, firstRows[low] + (window - (low == 0 ? 0 : ends[low - 1])) * stride)
    }
}
