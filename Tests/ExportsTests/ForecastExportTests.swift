import Batches
import Datasets
import Exports
import Foundation
import Inference
import PythonEnvironment
import Runs
import StrictJSON
import Testing

@Suite("Forecasts of exports in the file's units", .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)))
struct ForecastExportTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/forecast_export.py").path

    /// Keys of `data` and of `training` beside the common ones.
    private static let cases: [(data: String, training: String)] = [
        (#""targets": ["y", "x"]"#, ""),
        (#""targets": ["y", "x"], "id": "shop", "scaling": "series", "lag": 4"#, #", "loss": "quantile""#),
        (#""targets": ["x"], "columns": ["y", "x"], "id": "shop", "scaling": "series", "relative": true, "windowScaling": "quartiles""#, #", "loss": "gaussian""#),
        (
            #""targets": ["y"], "columns": ["y", "x"], "id": "shop", "calendar": ["hourOfDay", "dayOfWeek", "dayOfMonth", "dayOfYear"], "future": ["x", "kind"], "#
                + #""categories": ["kind", "shop"], "relative": true"#, #", "loss": "studentT""#
        ),
        (#""targets": ["y"], "columns": ["y", "x"], "id": "shop", "scaling": "series", "future": "x""#, #", "loss": "negativeBinomial""#),
        (#""targets": ["gappy"], "columns": ["x", "gappy"], "id": "shop", "missing": "mask", "windowScaling": "mean", "categories": "kind""#, #", "loss": "huber""#),
        (#""targets": ["gappy"], "columns": ["x"], "id": "shop", "missing": "fill", "windowScaling": "mean""#, ""),
        (#""targets": ["y"], "columns": ["x"], "id": "shop", "lags": [3, 4, 12], "calendar": "dayOfWeek", "future": "x", "relative": true"#, ""),
        (#""targets": ["y", "x"], "lags": [3], "windowScaling": "quartiles", "lag": 2"#, ""),
    ]

    private static func table(_ days: Range<Int>, isAhead: Bool = false) -> String {
        let rows = days.flatMap { day in
            (0..<2).map { shop in
                let date = Date(timeIntervalSince1970: 1_704_067_200 + 21_600 * Double(day)).ISO8601Format().dropLast()
                let sold = 10 * shop + day * day % 7 + day % 4 * 3
                let y = isAhead ? "0" : "\(sold)"
                return "shop \(shop),\(date),\(y),\(Double(day * 5 % 9) / 2 - 1),\((day + shop) % 5 == 0 || isAhead ? "" : "\(sold)"),\(["plain", "holiday"][day % 3 / 2])\n"
            }
        }
        return "shop,time,y,x,gappy,kind\n" + rows.joined()
    }

    @Test("are this program's, with every way of scaling, reading ahead and saying how sure they are", arguments: ExportFormat.allCases, cases.indices)
    func forecast(format: ExportFormat, place: Int) throws {
        let folder = try TemporaryFolder()
        let (keys, training) = Self.cases[place]
        // Without an id the table has one shop.
        let hasId = keys.contains("\"id\"")
        func text(_ days: Range<Int>, isAhead: Bool = false) -> String {
            let text = Self.table(days, isAhead: isAhead)
            return hasId ? text : text.split(separator: "\n").filter { !$0.hasPrefix("shop 1") }.joined(separator: "\n") + "\n"
        }
        try folder.write(text(0..<80), "table.csv")
        try folder.write(text(80..<83, isAhead: true), "next.csv")
        let columns = keys.contains("\"columns\"") ? "" : #""columns": ["x", "y"], "#
        let subject = try TrainedSubject(
            """
            {"data": {"kind": "series", "files": "FOLDER/table.csv", "length": 7, "horizon": 3, \(columns)\(keys)}, "model": {"hidden": 6},
             "training": {"batch": 16, "steps": 20\(training)}, "optimizer": {"learningRate": 0.01}}
            """, in: folder)
        try subject.export(format, to: "export", in: folder)
        let card = try String(contentsOf: URL(filePath: folder.path("export/README.md")), encoding: .utf8)
        #expect(card.contains("| figure | value |\n|---|---|\n| ") && card.contains("## Inputs and outputs"), "\(card)")
        let forecaster = try SeriesForecaster(run: subject.run, team: Subjects.team)
        let future = try keys.contains("\"future\"") ? TableFile(path: folder.path("next.csv")) : nil
        let pasts = try forecaster.pasts(of: TableFile(path: folder.path("table.csv")), future: future)
        let past = try #require(pasts.last)
        let wanted = try forecaster.answers(after: past, of: "table.csv").map(\.values)

        func list(_ rows: [[Double]]) -> JSONValue { .list(rows.map { .list($0.map(JSONValue.real)) }) }
        // Rows before the ones that are needed count for nothing.
        let rows = past.rows.prefix(2).map { $0.map { 3 * $0 + 1 } } + past.rows
        var arguments: [JSONMember] = [JSONMember(key: "past", value: list(rows))]
        if forecaster.scaling.isBySeries { arguments.append(JSONMember(key: "series", value: .text(try #require(past.series)))) }
        if future != nil { arguments.append(JSONMember(key: "future", value: list(past.future))) }
        if keys.contains("calendar") {
            let times = (80 - rows.count..<83).map { Date(timeIntervalSince1970: 1_704_067_200 + 21_600 * Double($0)).ISO8601Format() }
            arguments.append(JSONMember(key: "times", value: .list(times.map { JSONValue.text(String($0.dropLast())) })))
        }
        let (targets, levels) = (forecaster.scaling.targetPlaces.count, forecaster.scaling.quantiles)
        if let family = forecaster.scaling.loss.distribution {
            let numbers = wanted.map { row in JSONValue.list((0..<targets).map { .list(row[$0 * levels.count..<($0 + 1) * levels.count].map(JSONValue.real)) }) }
            arguments += [JSONMember(key: "family", value: .text("\(family)")), JSONMember(key: "numbers", value: .list(numbers))]
        }
        let result = try Python.run(
            try #require(Python.withLibraries), [Self.script, folder.path("export"), JSONValue(.object(arguments)).serialized()])
        let found = try JSONValue.parse(Array(try #require(result.output.split(separator: "\n").last, "\(result.output)").utf8))
        guard let family = forecaster.scaling.loss.distribution else {
            let numbers = found.numbers
            try #require(numbers.count == wanted.joined().count, "\(result.output)")
            #expect(zip(numbers, wanted.joined()).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) }, "\(numbers) \(wanted)")
            return
        }
        let shares = try #require(found.arrayValue, "\(result.output)").map(\.numbers)
        #expect(shares.count == 3 * targets * levels.count, "\(result.output)")
        for (place, share) in shares.enumerated() {
            let level = levels[place % levels.count]
            if family.isOfCounts {
                // The smallest count that isn't exceeded with that probability.
                #expect(share[0] > level - 1e-4 && share[1] < level + 1e-4, "\(share) \(level)")
            } else {
                #expect(abs(share[0] - level) < 1e-4, "\(share) \(level)")
            }
        }
    }
}

extension JSONValue {
    /// All numbers in a list of lists, in order.
    fileprivate var numbers: [Double] { realValue.map { [$0] } ?? (arrayValue ?? []).flatMap(\.numbers) }
}
