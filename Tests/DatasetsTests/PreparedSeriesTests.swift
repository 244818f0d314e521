import Batches
import Datasets
import Foundation
import StrictJSON
import Testing

@Suite("A prepared series")
struct PreparedSeriesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    /// Hourly rows of two series in turn, with a column that is constant and one with a far value.
    private var table: String {
        let rows = (0..<120).map { row in
            let (series, hour) = (row % 2, row / 2)
            let day = 1 + hour / 24
            return "\(["a", "b"][series]),2024-01-\(day < 10 ? "0" : "")\(day) \(hour % 24):00,\(row * 37 % 101),\(series * 10 + row % 13),5,\(row == 100 ? 1_000_000 : row % 3)"
        }
        return (["id,date,y,other,same,far"] + rows).joined(separator: "\n") + "\n"
    }

    static let forms: [@Sendable (inout SeriesOptions) -> Void] = [
        { _ in }, { $0.relative = true }, { $0.lag = 3 }, { ($0.calendar, $0.future) = ([.hourOfDay, .dayOfWeek], ["other"]) },
        { $0.scaling = .series }, { ($0.scaling, $0.relative, $0.stride) = (.series, true, 3) }, { ($0.loss, $0.season) = (.quantiles(interval: 0.8), 5) },
        { ($0.id, $0.reading.order) = ("", .ascending) }, { $0.leftOutRowCount = 9 }, { $0.files.append($0.files[0] + ".more") },
        { $0.loss = .likelihood(.studentT, interval: 0.8) }, { ($0.loss, $0.scaling) = (.likelihood(.negativeBinomial, interval: 0.5), .series) },
    ]

    private func options() throws -> SeriesOptions {
        SeriesOptions(
            file: try files.write(table, to: "table.csv"), columns: ["y", "other", "same", "far"], targets: ["y", "far"], length: 5, horizon: 2,
            split: try SplitFractions(validation: 0.2, test: 0.2), id: "id")
    }

    private let settings = [JSONMember(key: "data.id", value: .text("id"))]

    private func reading(_ options: SeriesOptions) -> PreparedReading {
        PreparedReading(kind: "series", settings: settings, sources: options.files.map { PreparedSource(key: "data.files", path: $0) })
    }

    private func prepared(_ options: SeriesOptions, statistics: SeriesStatistics? = nil) throws -> SeriesWindows? {
        try SeriesWindows(
            options, prepared: files.path("table.prepared"), reading: reading(options), batchSize: 7, seed: 3, statistics: statistics)
    }

    @Test("has the windows, statistics, names, notes and fingerprint of the file", arguments: 0..<forms.count)
    func same(form: Int) throws {
        var options = try options()
        Self.forms[form](&options)
        // A second file of the same columns goes on with both series.
        _ = try files.write(table.replacing("2024-01-", with: "2024-02-"), to: "table.csv.more")
        let rowCount = 120 * options.files.count
        let wanted = try SeriesWindows(options, batchSize: 7, seed: 3)
        let facts = try SeriesPreparation(options, reading: reading(options)).write(to: files.path("table.prepared"), command: "")
        #expect(facts.description.hasSuffix("\(rowCount) rows of 4 columns") && facts.description.hasPrefix("2 series") == !options.id.isEmpty)
        let found = try #require(try prepared(options))
        #expect(found.fingerprint == wanted.fingerprint && found.statistics == wanted.statistics && found.notes == wanted.notes)
        #expect(found.season == wanted.season && found.seriesNames == wanted.seriesNames && found.rowNames == wanted.rowNames && found.rowNames.count == rowCount)
        #expect(found.description == wanted.description && found.featureNames == wanted.featureNames && found.byteCount < wanted.byteCount)
        for part in DataPart.allCases {
            let columns = found.batches(of: .evaluation(part)).allColumns()
            #expect(columns == wanted.batches(of: .evaluation(part)).allColumns() && !columns.isEmpty)
            #expect(found.naiveLosses(of: part).map(\.loss) == wanted.naiveLosses(of: part).map(\.loss))
            #expect(found.past(ofExample: 0, in: part) == wanted.past(ofExample: 0, in: part))
        }
        #expect(found.batches(of: .training(epoch: 2)).allColumns() == wanted.batches(of: .training(epoch: 2)).allColumns())
        // A run's own statistics come back; those of another need the file.
        let own = try #require(try prepared(options, statistics: wanted.statistics))
        #expect(try own.notes == SeriesWindows(options, batchSize: 7, seed: 3, statistics: wanted.statistics).notes && own.fingerprint == wanted.fingerprint)
        var other = options
        other.split = .shares(try SplitFractions(validation: 0.5))
        #expect(try prepared(options, statistics: SeriesWindows(other, batchSize: 7, seed: 3).statistics) == nil)
    }

    @Test("windows of other lengths and batches are made from the same form")
    func otherWindows() throws {
        var options = try options()
        options.id = ""
        options.reading.order = .file
        _ = try SeriesPreparation(options, reading: reading(options)).write(to: files.path("table.prepared"), command: "")
        (options.length, options.horizon, options.stride) = (11, 4, 2)
        let (found, wanted) = (try #require(try prepared(options)), try SeriesWindows(options, batchSize: 7, seed: 3))
        #expect(found.fingerprint == wanted.fingerprint && found.batches(of: .evaluation(.test)).allColumns() == wanted.batches(of: .evaluation(.test)).allColumns())
        options.length = 500
        #expect(fault { _ = try prepared(options) } == fault { _ = try SeriesWindows(options, batchSize: 7, seed: 3) })
    }

    @Test("a damaged value is found, and counts as 0 until then")
    func damage() throws {
        let options = try options()
        let path = files.path("table.prepared")
        _ = try SeriesPreparation(options, reading: reading(options)).write(to: path, command: "")
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes[4096 + 401] ^= 0x40
        try Data(bytes).write(to: URL(filePath: path))
        let windows = try #require(try prepared(options))
        #expect(windows.fault == nil)
        #expect(windows.batches(of: .evaluation(.test)).allColumns().allSatisfy { $0.vectors.allSatisfy { $0 == 0 } })
        #expect(fault { try windows.requireSound() }?.category == .badData)
    }
}
