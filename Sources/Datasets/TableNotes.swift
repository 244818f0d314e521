import NumberText
import StrictJSON

/// Notes for the user on how a table was read, in sentences without a full stop; empty for a plain table in order.
struct TableNotes {
    /// Of the file's form.
    let formNotes: [String]
    let header: TableHeader
    let rows: TableRows
    let series: [TableSeries]
    let reading: TableReading

    var sentences: [String] { formNotes + columns + footer + missing + order }

    private var columns: [String] {
        rows.hasUnnamedContent && header.namedCount < header.names.count ? ["columns behind the last that has a name are left out"] : []
    }

    private var footer: [String] {
        guard let first = rows.footer.first else { return [] }
        let more = rows.footer.count > 1 ? " and \(counted(rows.footer.count - 1, "more line"))" : ""
        return ["a footer is left out: \(first.inWords(rows.files))\(more)"]
    }

    private var missing: [String] {
        var sentences: [String] = []
        let found = rows.missing
        if found.strayCount > 0 { sentences.append(found.straysInWords(areLeftOut: true)) }
        guard found.valueCount > 0 else { return sentences }
        switch reading.missing {
        case .refuse: break
        case .drop: sentences.append("\(found.valuesInWords); \(rows.droppedCount == 1 ? "that row is" : "those rows are") left out")
        case .mask: sentences.append("\(found.valuesInWords); the model reads where, and they don't count as targets")
        case .fill:
            sentences.append("\(found.valuesInWords); the last known value stands in")
            let count = series.reduce(0) { $0 + $1.ordered.unfilledCount }
            if count > 0 { sentences.append("the first \(counted(count, "row"))\(rows.hasIds ? " of series" : "") left out, before a column's first value") }
        }
        return sentences
    }

    private var order: [String] {
        guard rows.hasIds else { return series.first.map { orderSentences(of: $0.ordered) } ?? [] }
        return [
            sentence(\.isSorted, "the rows of", "are sorted by time"), sentence(\.hasEqualTimes, "a date or time is repeated in"),
            sentence(\.goesBack, "dates or times go back in"), sentence(\.hasGaps, "dates or times have gaps in"),
        ].compactMap(\.self)
    }

    /// A sentence about the series with a property; nil if there are none.
    private func sentence(_ has: (OrderedRows) -> Bool, _ words: String, _ ending: String = "") -> String? {
        let names = series.filter { has($0.ordered) }.map(\.name)
        guard !names.isEmpty else { return nil }
        return "\(words) \(counted(names.count, "series", plural: "series")) (\(namesInWords(names)))" + (ending.isEmpty ? "" : " " + ending)
    }

    /// Sentences on the order of a single series.
    private func orderSentences(of ordered: OrderedRows) -> [String] {
        func line(_ row: Int?) -> String { row.map { rows.files.words(Int(ordered.lines[$0])) } ?? "?" }
        let name = Self.name
        guard let series = ordered.times, let order = ordered.order else { return [] }
        var sentences: [String] = []
        if let fileDirection = ordered.sortedFrom {
            let found = fileDirection == .descending ? "the newest row is first in the file" : "the file's rows aren't in order of time"
            sentences.append("\(found): they are sorted by \(name(series))")
        }
        switch order.direction {
        case .descending: sentences.append("the newest row is first, by \(name(series)); data.order keeps the file's order")
        case .shuffled: sentences.append("\(name(series)) goes back in time in \(counted(order.backwardCount, "row")); data.order keeps the file's order")
        case .nearlyAscending:
            let count = counted(order.backwardCount, "row")
            sentences.append("\(name(series)) goes back by an hour at the most in \(count), first in \(line(order.firstBackward))")
        case .ascending, .constant: break
        }
        guard order.direction == .ascending || order.direction == .nearlyAscending else { return sentences }
        if order.equalCount > 0 {
            let thing = series.hasTimeOfDay ? "time" : "date"
            sentences.append("\(name(series)) repeats a \(thing) in \(counted(order.equalCount, "row")), first in \(line(order.firstEqual))")
        }
        if let gap = order.gaps(in: series) {
            let place = "before \(series.text(gap.row)) in \(line(gap.row))"
            let found = gap.count == 1 ? "a gap of \(gap.text)" : "\(grouped(gap.count)) gaps, the longest of \(gap.text)"
            sentences.append("\(name(series)) has \(found), \(place)")
        }
        return sentences
    }

    private static func name(_ series: TimeSeries) -> String { "'\(JSONValue.printable(series.name, scalarCount: 40))'" }
}

extension OrderedRows {
    fileprivate var isSorted: Bool { sortedFrom != nil }
    fileprivate var hasEqualTimes: Bool { (order?.equalCount ?? 0) > 0 }
    fileprivate var goesBack: Bool { (order?.backwardCount ?? 0) > 0 }
    fileprivate var hasGaps: Bool { times.flatMap { order?.gaps(in: $0) } != nil }
}
