extension SeriesWindows {
    /// The scaling of each series, or one of all.
    static func scalings(_ scaling: SeriesScaling, of names: [String], path: String) throws(DatasetError) -> [SeriesScaling] {
        guard scaling.isBySeries else { return [scaling] }
        let all = scaling.bySeries
        var scalings: [SeriesScaling] = []
        for name in names {
            guard let own = all[name] else { throw .unknownSeries(path: path, name: name) }
            scalings.append(own)
        }
        return scalings
    }

    /// All values by the scale of their series; those of series that are left out are 0.
    static func standardised(
        _ table: NumberTable, _ scaling: SeriesScaling, _ scalings: [SeriesScaling], _ series: [NumberTable.Series], path: String
    ) throws(DatasetError) -> [Float] {
        guard scaling.isBySeries else { return try scaling.statistics.standardised(table.values, of: path) }
        let width = table.columnNames.count
        var values = Array(repeating: Float(0), count: table.values.count)
        for (part, own) in zip(series, scalings) {
            let places = part.rows.lowerBound * width..<part.rows.upperBound * width
            let name = "\(path), series \(namesInWords([part.name]))"
            values.replaceSubrange(places, with: try own.statistics.standardised(Array(table.values[places]), of: name))
        }
        return values
    }
}
