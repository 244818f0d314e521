import Charts
import Configuration
import Datasets
import Foundation
public import Inference
import Runs
public import Threads
import Training

/// A report on one run, or a comparison of several, with its pictures.
///
/// The report is one self-contained HTML file. If a run lacks something (data that were removed, metrics that an older version didn't record),
/// the report says so in that place.
public struct Report: Sendable {
    public let html: String
    public let pictures: [NamedPicture]
    /// Reasons for missing predictions, by run; empty if nothing is missing.
    public let faults: [String]
    /// Notes for the user on the runs.
    public let notes: [String]
    /// Default path: in the run's directory, or for several runs in the working directory.
    public let usualPath: String

    /// - Parameters:
    ///   - runs: run directories; a single run, or one of its checkpoints, is shown completely, several are compared.
    ///   - choice: the checkpoint to show.
    ///   - team: computes the predictions.
    /// - Throws: for a run without a checkpoint, the error of ``TrainedRun``.
    public init(runs: [String], at choice: CheckpointChoice = .newest, team: ThreadTeam) throws {
        let records = try runs.map { try RunRecord($0, at: choice) }
        let page = records.count == 1 ? try Self.page(of: records[0], team: team) : Comparison(records).page
        usualPath = (records.count == 1 ? records[0].trained.path + "/" : "") + "report.html"
        html = page.html
        notes = records.flatMap(\.trained.notes)
        pictures = page.pictures
        // A comparison has no predictions.
        faults = records.count > 1 ? [] : records.compactMap { record in record.dataFault.map { "\(record.trained.path): \($0)" } }
    }

    private static func page(of record: RunRecord, team: ThreadTeam) throws -> Page {
        var page = Page(title: "\(record.name) – lstm-train")
        let configuration = record.trained.configuration
        let model = ModelTable(try record.trained.modelDescription())
        page.heading(record.name, below: record.trained.path)
        page.section("Result", id: "result") { HeadlineSection(record: record).write(on: &$0) }
        page.section("Curves", id: "curves") { CurvesSection(history: record.history, task: record.task).write(on: &$0) }
        writeJudgement(of: record, on: &page, team: team)
        page.section("Time", id: "time-section") { TimeSection(history: record.history).write(on: &$0) }
        page.section("Model", id: "model") { model.write(on: &$0) }
        page.section("Configuration", id: "configuration") { ConfigurationSection(configuration: configuration).write(on: &$0) }
        return page
    }

    /// Writes the sections with the model's predictions or generated text.
    private static func writeJudgement(of record: RunRecord, on page: inout Page, team: ThreadTeam) {
        switch record.task.display {
        case .text: page.section("What it writes", id: "samples") { SamplesSection(record: record, team: team).write(on: &$0) }
        case .strings: page.section("What it writes", id: "samples") { ReberSection(record: record, team: team).write(on: &$0) }
        case .forecasts:
            writePredictions(of: record, on: &page) { data, page in
                guard let series = data.dataset as? SeriesWindows else { return }
                ForecastSection(record: record, series: series, data: data, team: team).write(on: &page)
            }
        case .numbers(let tolerance):
            writePredictions(of: record, on: &page) { data, page in
                RegressionSection(record: record, data: data, tolerance: tolerance, team: team).write(on: &page)
            }
        case .labels(let names):
            writePredictions(of: record, on: &page) { data, page in LabelSection(record: record, data: data, names: names, team: team).write(on: &page) }
            guard record.task.uses.contains(.generate) else { return }
            page.section("What it writes", id: "samples") { SetSamplesSection(record: record, team: team).write(on: &$0) }
        case .drawings, .frames: page.section("What it draws", id: "samples") { FrameSection(record: record, team: team).write(on: &$0) }
        case .transcripts:
            writePredictions(of: record, on: &page) { data, page in TranscriptSection(record: record, data: data, team: team).write(on: &page) }
        case .classes(let names):
            writePredictions(of: record, on: &page) { data, page in ClassSection(record: record, data: data, names: names, team: team).write(on: &page) }
        }
    }

    private static func writePredictions(of record: RunRecord, on page: inout Page, _ write: (RunData, inout Page) -> Void) {
        page.section("Predictions", id: "predictions-section") { page in
            switch record.data {
            case .failure(let error): page.warning("Predictions are missing, for they need the run's data. \(error)")
            case .success(let data): write(data, &page)
            }
        }
    }
}
