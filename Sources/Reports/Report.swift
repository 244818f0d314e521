import Charts
import Configuration
import Datasets
import Foundation
public import Inference
import Runs
public import Threads
import Training

/// A page about one run, or about several beside one another, and the pictures on it.
///
/// The page is one HTML file that loads nothing. Whatever a run lacks (data that have gone, figures that an older run didn't measure) is
/// named where it is missed.
public struct Report: Sendable {
    public let html: String
    public let pictures: [NamedPicture]
    /// Why predictions are missing, by run; empty where all is there.
    public let faults: [String]
    /// What a person should know of the runs as they were found.
    public let notes: [String]
    /// Where the page goes unless a place is named: into the run's directory, or of several runs into the working one.
    public let usualPath: String

    /// - Parameters:
    ///   - runs: run directories; of one run, or one of its checkpoints, everything is shown, several are compared.
    ///   - choice: which checkpoint of a run is shown.
    ///   - team: computes the predictions.
    /// - Throws: of a run without a checkpoint what ``TrainedRun`` says.
    public init(runs: [String], at choice: CheckpointChoice = .newest, team: ThreadTeam) throws {
        let records = try runs.map { try RunRecord($0, at: choice) }
        let page = records.count == 1 ? try Self.page(of: records[0], team: team) : Comparison(records).page
        usualPath = (records.count == 1 ? records[0].trained.path + "/" : "") + "report.html"
        html = page.html
        notes = records.flatMap(\.trained.notes)
        pictures = page.pictures
        // A comparison shows no predictions.
        faults = records.count > 1 ? [] : records.compactMap { record in record.dataFault.map { "\(record.trained.path): \($0)" } }
    }

    private static func page(of record: RunRecord, team: ThreadTeam) throws -> Page {
        var page = Page(title: "\(record.name) – lstm-train")
        let configuration = record.trained.configuration
        let model = ModelTable(try record.trained.networkShape())
        page.heading(record.name, below: record.trained.path)
        page.section("Result", id: "result") { HeadlineSection(record: record).write(on: &$0) }
        page.section("Curves", id: "curves") { CurvesSection(history: record.history, lossUnit: record.lossUnit).write(on: &$0) }
        writeJudgement(of: record, on: &page, team: team)
        page.section("Time", id: "time-section") { TimeSection(history: record.history).write(on: &$0) }
        page.section("Model", id: "model") { model.write(on: &$0) }
        page.section("Configuration", id: "configuration") { ConfigurationSection(configuration: configuration).write(on: &$0) }
        return page
    }

    /// What the task is judged by: what the model says.
    private static func writeJudgement(of record: RunRecord, on page: inout Page, team: ThreadTeam) {
        switch record.trained.configuration.data.kind {
        case .text, .textWindows: page.section("What it writes", id: "samples") { SamplesSection(record: record, team: team).write(on: &$0) }
        case .embeddedReber: page.section("What it writes", id: "samples") { ReberSection(record: record, team: team).write(on: &$0) }
        default: writePredictions(of: record, on: &page, team: team)
        }
    }

    private static func writePredictions(of record: RunRecord, on page: inout Page, team: ThreadTeam) {
        page.section("Predictions", id: "predictions-section") { page in
            let data: RunData
            switch record.data {
            case .failure(let error): return page.warning("Predictions are missing, for they need the run's data. \(error)")
            case .success(let found): data = found
            }
            switch data.dataset.task {
            case .regression:
                if let series = data.dataset as? SeriesWindows {
                    ForecastSection(record: record, series: series, data: data, team: team).write(on: &page)
                } else {
                    RegressionSection(record: record, data: data, team: team).write(on: &page)
                }
            case .classification(let classCount), .nextToken(let classCount, _):
                ConfusionSection(record: record, data: data, classCount: classCount, team: team).write(on: &page)
            }
        }
    }
}
