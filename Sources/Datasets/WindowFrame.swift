import NumberText

/// What a window's columns are divided by, from the window's own past rows.
public enum WindowScaling: String, Sendable, CaseIterable {
    case none
    /// The mean absolute value (Salinas et al. 2020).
    case mean
    /// The distance of the quartiles; from values their median is subtracted first.
    case quartiles
}

/// What is subtracted from a window's columns, and what they are then divided by, all in standardised values.
public struct WindowFrame: Sendable, Equatable {
    /// Of each column of the statistics.
    public let bases: [Float]
    public let scales: [Float]
    let targetPlaces: [Int]
    /// What predicted values are differences from, `[horizon, targets]`; empty if their columns' bases are subtracted from them.
    let pastValues: [Float]

    /// What is subtracted from a predicted value, `[horizon, targets]`.
    func base(ofValue place: Int) -> Float { pastValues.isEmpty ? bases[targetPlaces[place % targetPlaces.count]] : pastValues[place] }
    /// What it is then divided by.
    func scale(ofValue place: Int) -> Float { scales[targetPlaces[place % targetPlaces.count]] }

    /// A predicted value in the frame, `[horizon, targets]`, as a standardised value.
    func restored(_ value: Double, ofValue place: Int) -> Double { value * Double(scale(ofValue: place)) + Double(base(ofValue: place)) }
}

extension SeriesScaling {
    /// The smallest number that a window's values are divided by, in deviations of the training part: so a window of equal values is no window of huge ones.
    package static let leastWindowScale = 0.01

    /// The frame of a window.
    /// - Parameters:
    ///   - columnCount: columns of the window's rows: all of the statistics, or ``neededColumns``.
    ///   - value: a standardised value of the window, by row, one of ``pastRowCount``, and column.
    public func frame(columnCount: Int, _ value: (_ row: Int, _ column: Int) -> Float) -> WindowFrame {
        var bases = Array(repeating: Float(0), count: statistics.columns.count)
        var scales = Array(repeating: Float(1), count: statistics.columns.count)
        let isFramed = windowScaling != .none || isRelative
        // A category stays what it is.
        for column in 0..<(isFramed ? columnCount : 0) where !indicatorPlaces.contains(column) {
            if windowScaling != .none {
                let values = (lead..<pastRowCount).map { Double(value($0, column)) }
                (bases[column], scales[column]) = scaled(values, statistics.columns[column])
            }
            if isRelative { bases[column] = value(pastRowCount - 1, column) }
        }
        var pastValues: [Float] = []
        if lag > 0 {
            pastValues.reserveCapacity(valueCount)
            for ahead in 1...horizon {
                let row = pastRowCount - 1 + ahead - (ahead + lag - 1) / lag * lag
                for column in targetPlaces { pastValues.append(value(row, column)) }
            }
        }
        return WindowFrame(bases: bases, scales: scales, targetPlaces: targetPlaces, pastValues: pastValues)
    }

    /// What is subtracted from the standardised values of a column's past rows, and what they are divided by.
    private func scaled(_ values: [Double], _ column: SeriesStatistics.Column) -> (base: Float, scale: Float) {
        switch windowScaling {
        case .none: return (0, 1)
        case .mean:
            // From the file's own 0 on.
            let zero = column.standardised(0)
            return (Float(zero), Float(max(Self.leastWindowScale, values.reduce(0) { $0 + abs($1 - zero) } / Double(values.count))))
        case .quartiles:
            let sorted = values.sorted()
            let spread = quantile(0.75, of: sorted) - quantile(0.25, of: sorted)
            return (Float(quantile(0.5, of: sorted)), Float(max(Self.leastWindowScale, spread)))
        }
    }
}
