import Charts
import Checkpoints
import Configuration
import Datasets
import Foundation
import Inference
import NumberText
import StrictJSON
import Training

/// Comparison of several runs.
struct Comparison {
    private let records: [RunRecord]
    /// Names that distinguish the runs: their directories' names, or whole paths if names are equal.
    private let names: [String]

    init(_ records: [RunRecord]) {
        self.records = records
        let areDifferent = Set(records.map(\.name)).count == records.count
        names = records.map { areDifferent ? $0.name : $0.trained.path }
    }

    var page: Page {
        var page = Page(title: "\(records.count) runs – lstm-train")
        page.heading("\(records.count) runs", below: names.joined(separator: " · "))
        page.section("Result", id: "result") { writeResults(on: &$0) }
        page.section("Curves", id: "curves") { writeCurves(on: &$0) }
        page.section("Time", id: "time-section") { writeTime(on: &$0) }
        writeSamples(on: &page)
        page.section("Configuration", id: "configuration") { writeDifferences(on: &$0) }
        return page
    }

    // MARK: Results

    private func writeResults(on page: inout Page) {
        if units.count > 1 { page.warning("These runs' losses are not of the same kind: some are in nats, some mean squared errors.") }
        let areComparable = units.count == 1
        let best = areComparable ? records.indices.filter { records[$0].history.bestValidation != nil }.min { lossOf($0) < lossOf($1) } : nil
        let rows = records.indices.map { place in
            Table.Row(cells: [.init(names[place])] + resultCells(records[place], isBest: place == best), isStrong: place == best)
        }
        page.table(
            Table(
                columns: [
                    .init(name: "run"), .init(name: "best validation loss", isNumber: true), .init(name: "at step", isNumber: true),
                    .init(name: "accuracy", isNumber: true), .init(name: "training loss", isNumber: true), .init(name: "steps", isNumber: true),
                    .init(name: "time", isNumber: true), .init(name: "time steps/s", isNumber: true), .init(name: "parameters", isNumber: true),
                    .init(name: "weights, SHA-256", isCode: true),
                ], rows: rows))
        let twins = Dictionary(grouping: names.indices) { records[$0].trained.checkpoint.manifest.weightsSHA256 }.values.filter { $0.count > 1 }
        for group in twins.sorted(by: { ($0.first ?? 0) < ($1.first ?? 0) }) {
            page.paragraph("The same weights, bit for bit: " + group.map { names[$0] }.joined(separator: ", ") + ".")
        }
    }

    /// Units of the losses, without duplicates.
    private var units: [String] { records.reduce(into: []) { if !$0.contains($1.lossUnit) { $0.append($1.lossUnit) } } }

    /// The metrics that the runs' tasks write besides the loss, without duplicates.
    private var logs: [Metric.Log] {
        records.flatMap { $0.task.metrics.compactMap(\.log) }.reduce(into: []) { logs, log in
            if !logs.contains(where: { $0.key == log.key }) { logs.append(log) }
        }
    }

    private func lossOf(_ place: Int) -> Double { records[place].history.bestValidation?.y ?? .infinity }

    private func resultCells(_ record: RunRecord, isBest: Bool) -> [Table.Cell] {
        let history = record.history
        let best = history.bestValidation
        let share = record.task.metrics.first { $0.unit == .share }?.log.flatMap { log in history[.init(rawValue: log.key)].map(\.y).max() }
        let speeds = history[.timeStepsPerSecond].map(\.y).sorted()
        return [
            .init(best.map { figure($0.y) } ?? "–", isMarked: isBest), .init(best.map { fixed($0.x, decimals: 0) } ?? "–"),
            .init(share.map { percentText($0, decimals: 2) + " %" } ?? "–"),
            .init((history[.epochLoss].last ?? history[.loss].last).map { figure($0.y) } ?? "–"),
            .init(fixed(Double(max(record.trained.checkpoint.manifest.step, history.lastStep)), decimals: 0)), .init(durationText(history.trainedSeconds)),
            .init(speeds.isEmpty ? "–" : fixed(speeds[speeds.count / 2], decimals: 0)), .init(fixed(Double(record.parameterCount), decimals: 0)),
            .init(String(record.trained.checkpoint.manifest.weightsSHA256.prefix(12)) + "…"),
        ]
    }

    // MARK: Curves

    private func writeCurves(on page: inout Page) {
        page.grid { page in
            for (place, unit) in units.enumerated() {
                let places = records.indices.filter { records[$0].lossUnit == unit }
                let suffix = place == 0 ? "" : "-\(place + 1)"
                overlay("validation-loss" + suffix, "Validation loss", .validationLoss, unit: unit, isSmoothed: false, of: places, on: &page)
                overlay("loss" + suffix, "Training loss", .loss, unit: unit, isSmoothed: true, of: places, on: &page)
                overlay("epoch-loss" + suffix, "Training loss, mean of the epoch", .epochLoss, unit: unit, isSmoothed: false, of: places, on: &page)
            }
            for log in logs {
                overlay(log.curve.file, log.curve.title, .init(rawValue: log.key), unit: log.curve.unit, isSmoothed: false, on: &page)
            }
            overlay("learning-rate", "Learning rate", .learningRate, unit: "step size", isSmoothed: false, on: &page)
            overlay("gradient-norm", "Gradient norm", .gradientNorm, unit: "before clipping", isSmoothed: true, on: &page)
            overlay("speed", "Speed", .timeStepsPerSecond, unit: "time steps a second, all ranks", isSmoothed: true, on: &page)
        }
    }

    /// One metric of all runs, by step and by time, each on a linear and a logarithmic scale.
    /// - Parameter places: indices of the runs that have it in this unit; nil for all.
    private func overlay(
        _ name: String, _ title: String, _ curve: RunHistory.Curve, unit: String, isSmoothed: Bool, of places: [Int]? = nil, on page: inout Page
    ) {
        let places = (places ?? Array(records.indices)).filter { !records[$0].history[curve].isEmpty }
        guard !places.isEmpty else { return }
        func chart(_ x: Axis, _ points: (RunHistory) -> [Point]) -> LineChart {
            let series = places.flatMap { place -> [LineChart.Series] in
                let points = points(records[place].history)
                if points.isEmpty { return [] }
                if !isSmoothed || points.count <= 12 { return [.init(names[place], points, style: .dottedLine, colour: place)] }
                return smoothedSeries(points, name: names[place], colour: place, showsRaw: records.count <= 3)
            }
            let ends = places.compactMap { place in records[place].history[curve].last.map { "\(names[place]) \(figure($0.y))" } }
            return LineChart(title, summary: "\(title) of \(counted(places.count, "run")), at the end: \(ends.joined(separator: ", ")).", x: x, y: Axis(unit), series: series)
        }
        let bySteps = chart(Axis("step", areWhole: true)) { $0[curve] }
        var views = [(label: "steps", picture: bySteps.picture)]
        if bySteps.series.allSatisfy({ $0.points.allSatisfy { $0.y > 0 } }) {
            var logarithmic = bySteps
            logarithmic.y.kind = .logarithmic
            views.append(("steps, log", logarithmic.picture))
        }
        views.append(("time", chart(Axis("minutes of training")) { $0.overTime(curve).map { Point($0.x / 60, $0.y) } }.picture))
        page.choice(name, views)
    }

    // MARK: Time, text, configuration

    private func writeTime(on page: inout Page) {
        let measured = records.indices.filter { !records[$0].history.phases.isEmpty }
        guard !measured.isEmpty else { return page.paragraph("The metrics of these runs have no phaseSeconds: they were trained before they were measured.") }
        var phases: [RunHistory.Phase] = []
        for phase in measured.flatMap({ records[$0].history.phases }) where !phases.contains(where: { $0.name == phase.name }) { phases.append(phase) }
        let bars = measured.map { place in
            StackedBars.Bar(
                names[place],
                phases.map { phase in
                    let seconds = records[place].history.phases.first { $0.name == phase.name }?.seconds ?? []
                    return seconds.reduce(0, +) / Double(max(1, seconds.count))
                })
        }
        page.paragraph("Seconds of each run, mean of its ranks.")
        page.grid { $0.picture("time", TimeSection.chart(bars, phases: phases, title: "Time by phase").picture) }
        let missing = records.indices.filter { records[$0].history.phases.isEmpty }.map { names[$0] }
        if !missing.isEmpty { page.paragraph("Without phaseSeconds in their metrics: \(missing.joined(separator: ", ")).") }
    }

    private func writeSamples(on page: inout Page) {
        guard records.contains(where: { !$0.history.samples.isEmpty }) else { return }
        page.section("What they write", id: "samples") { page in
            for (name, record) in zip(names, records) {
                if let sample = record.history.samples.last { page.sample("\(name), step \(fixed(Double(sample.step), decimals: 0))", sample.text) }
            }
        }
    }

    private func writeDifferences(on page: inout Page) {
        let configurations = records.map(\.trained.configuration)
        let differing = ConfigurationKey.table.filter { key in Set(configurations.map { key.value(in: $0).serialized() }).count > 1 }
        guard !differing.isEmpty else { return page.paragraph("All keys have the same values.") }
        page.paragraph("Keys whose values differ; where one is the default, it isn't bold.")
        let rows = differing.map { key in
            Table.Row(
                cells: [.init(key.dottedName)]
                    + configurations.map { configuration in
                        let value = key.value(in: configuration)
                        return .init(key.applies(to: configuration) ? value.serialized() : "–", isMarked: key.standard.map { $0 != value } ?? false)
                    })
        }
        page.table(Table(columns: [.init(name: "key", isCode: true)] + names.map { .init(name: $0, isCode: true) }, rows: rows))
    }
}
