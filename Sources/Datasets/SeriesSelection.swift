import NumberText

/// The series of a table that have windows; the others are left out, and named.
struct SeriesSelection {
    let kept: [NumberTable.Series]
    /// Notes for the user, in sentences without a full stop.
    let notes: [String]

    /// A table without a column of ids has one series, which is kept.
    /// - Throws: ``DatasetError/seriesTooShort(path:part:rowCount:neededCount:length:horizon:)`` for the longest, if none has a window.
    init(_ series: [NumberTable.Series], _ options: SeriesOptions) throws(DatasetError) {
        guard !options.id.isEmpty else {
            (kept, notes) = (series, [])
            return
        }
        // A series that is too short to train on has no windows in other parts either.
        let needed = options.evaluated?.part ?? .training
        kept = series.filter { series in
            if case .rows(let counts) = options.split, options.usedCount(of: series.rows.count) < counts.leastRowCount { return false }
            return options.starts(of: needed, in: [series.rows]).count > 0
        }
        guard !kept.isEmpty else { throw Self.allTooShort(series, options, part: needed) }
        let names = Set(kept.map(\.name))
        let leftOut = series.map(\.name).filter { !names.contains($0) }
        var notes: [String] = []
        if !leftOut.isEmpty {
            notes.append(
                "\(grouped(leftOut.count)) of \(counted(series.count, "series", plural: "series")) \(leftOut.count == 1 ? "is" : "are") too short for a "
                    + "window of \(options.pastRowCount) and \(counted(options.horizon, "further row")) in "
                    + "\(options.split.named(needed).map { "the \($0) part" } ?? "the file"), and left out: \(namesInWords(leftOut))")
        }
        for part in options.split.neededParts(options.evaluated) where part != needed {
            let without = kept.filter { options.starts(of: part, in: [$0.rows]).count == 0 }.map(\.name)
            guard !without.isEmpty, without.count < kept.count else { continue }
            notes.append("\(counted(without.count, "series", plural: "series")) without a window in the \(part) part: \(namesInWords(without))")
        }
        self.notes = notes
    }

    private static func allTooShort(_ series: [NumberTable.Series], _ options: SeriesOptions, part: DataPart) -> DatasetError {
        let longest = series.max { $0.rows.count < $1.rows.count }
        let count = longest?.rows.count ?? 0
        if case .rows(let counts) = options.split, options.usedCount(of: count) < counts.leastRowCount {
            return .tooFewRows(path: "\(options.file): the longest series, \(namesInWords([longest?.name ?? ""])),", rowCount: count, counts: counts)
        }
        let own = options.range(of: part, count: count)
        return .seriesTooShort(
            path: "\(options.file), its longest series \(namesInWords([longest?.name ?? ""]))", part: options.split.named(part), rowCount: own.count,
            neededCount: options.pastRowCount + options.horizon, length: options.pastRowCount, horizon: options.horizon)
    }
}

extension SeriesOptions {
    /// The windows of a part in some series, given by their rows.
    func starts(of part: DataPart, in series: [Range<Int>]) -> WindowStarts {
        WindowStarts(of: series, length: pastRowCount, horizon: horizon, stride: stride, extendsBack: part != .training) { range(of: part, count: $0) }
    }
}
