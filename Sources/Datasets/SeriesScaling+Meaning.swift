import Batches
import NumberText
import StrictJSON

extension SeriesScaling: DataMeaning {
    public static let storedName = "statistics.json"
    public var stored: StoredText { StoredText(name: Self.storedName, text: statistics.json, words: "mean and deviation of each column") }
    public var inputWords: String { "columns of a series" }
    public var inputScale: [SeriesStatistics.Column] {
        statistics.columns.prefix(inputCount) + lagColumns + calendar.names.map { SeriesStatistics.Column(name: $0, mean: 0, deviation: 1) }
    }

    private var lagColumns: [SeriesStatistics.Column] {
        lags.flatMap { lag in
            targetPlaces.map { place in
                let column = statistics.columns[place]
                return SeriesStatistics.Column(name: "\(column.name), \(counted(lag, "row")) before", mean: column.mean, deviation: column.deviation)
            }
        }
    }

    public var digestLines: [String] {
        Self.lines(statistics.columns) + statistics.series.flatMap { [JSONValue.text($0.name).serialized()] + Self.lines($0.columns) }
    }

    private static func lines(_ columns: [SeriesStatistics.Column]) -> [String] {
        columns.flatMap { [JSONValue.text($0.name).serialized(), "\($0.mean.bitPattern)", "\($0.deviation.bitPattern)"] }
    }

    private var inputNames: [String] { statistics.columns.prefix(inputCount).map(\.name) }

    public func firstDifferenceOfNames(from earlier: SeriesScaling) -> String? {
        Self.firstDifference(of: inputNames, from: earlier.inputNames, what: "column")
            ?? Self.firstDifference(of: targetNames, from: earlier.targetNames, what: "predicted column")
            ?? (horizon == earlier.horizon ? nil : "data.horizon is \(horizon) here, and \(earlier.horizon) there")
            ?? (isBySeries == earlier.isBySeries ? nil : "data.scaling is \(isBySeries ? "\"series\"" : "\"global\"") here, and the other there")
            ?? (lag == earlier.lag ? nil : "data.lag is \(lag) here, and \(earlier.lag) there")
            ?? (isRelative == earlier.isRelative ? nil : "data.relative is \(isRelative) here, and \(earlier.isRelative) there")
            ?? (windowScaling == earlier.windowScaling
                ? nil : "data.windowScaling is \"\(windowScaling)\" here, and \"\(earlier.windowScaling)\" there")
            ?? (loss.distribution == earlier.loss.distribution && quantiles.isEmpty == earlier.quantiles.isEmpty
                ? nil : "training.loss is another here than there, so that the outputs mean something else")
            ?? firstDifferenceOfKnown(from: earlier)
    }

    private func firstDifferenceOfKnown(from earlier: SeriesScaling) -> String? {
        if lags != earlier.lags { return "data.lags is \(lags) here, and \(earlier.lags) there" }
        if calendar != earlier.calendar { return "data.calendar is \(calendar.map(\.rawValue)) here, and \(earlier.calendar.map(\.rawValue)) there" }
        return futureNames == earlier.futureNames ? nil : "data.future is \(futureColumns) here, and \(earlier.futureColumns) there"
    }

    public func firstDifferenceOfScale(from earlier: SeriesScaling) -> String? { statistics.firstDifference(from: earlier.statistics) }

    private static func firstDifference(of names: [String], from earlier: [String], what: String) -> String? {
        guard names != earlier else { return nil }
        func shown(_ names: [String], _ place: Int) -> String { names.indices.contains(place) ? "'\(JSONValue.printable(names[place]))'" : "none" }
        let place = (0..<max(names.count, earlier.count)).first { shown(names, $0) != shown(earlier, $0) } ?? 0
        return "\(what) \(place + 1) is \(shown(names, place)) here, and \(shown(earlier, place)) there"
    }
}

extension SeriesStatistics {
    /// The first mean or deviation that differs from `earlier`; nil if there is none.
    func firstDifference(from earlier: SeriesStatistics) -> String? {
        for (here, there) in zip(columns, earlier.columns) where here != there {
            let name = JSONValue.printable(here.name)
            return "'\(name)' has mean \(figure(here.mean)) and deviation \(figure(here.deviation)) here, "
                + "\(figure(there.mean)) and \(figure(there.deviation)) there"
        }
        guard series != earlier.series else { return nil }
        guard series.map(\.name) == earlier.series.map(\.name) else { return "the series are others here than there" }
        let place = series.indices.first { series[$0] != earlier.series[$0] } ?? 0
        return "the scale of series \(namesInWords([series[place].name])) is another here than there"
    }
}
