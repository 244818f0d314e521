import Charts
import Datasets
import NumberText

/// Curves of a run's metrics over its steps.
struct CurvesSection {
    let history: RunHistory
    let task: any LearningTask

    func write(on page: inout Page) {
        guard history.lineCount > 0 else { return page.warning("metrics.jsonl has no line yet: there are no curves to show.") }
        if history.notFiniteCount > 0 {
            page.warning("\(history.notFiniteCount) lines have a figure that isn't finite; it is left out of the curves.")
        }
        if history.unreadableCount > 0 {
            page.warning("\(history.unreadableCount) lines of metrics.jsonl can't be read and are left out: the last line of a run that was cut off, say.")
        }
        page.grid { page in
            loss(on: &page)
            for metric in task.metrics {
                guard let log = metric.log else { continue }
                let (title, unit, file) = log.curve
                let isShare = metric.unit == .share
                validationChart(
                    on: &page, .init(rawValue: log.key), name: file, title: title, factor: isShare ? 100 : 1,
                    unit: isShare ? unit.replacing("share", with: "%") : unit)
            }
            learningRate(on: &page)
            noisy(on: &page, .gradientNorm, name: "gradient-norm", title: "Gradient norm", unit: "of the whole gradient, before clipping")
            noisy(on: &page, .timeStepsPerSecond, name: "speed", title: "Speed", unit: "time steps a second, all ranks")
        }
    }

    // MARK: Charts

    private func loss(on page: inout Page) {
        var series = smoothedSeries(history[.loss], name: "training", colour: 0)
        let epochs = history[.epochLoss]
        if !epochs.isEmpty { series.append(.init("training, mean of the epoch", epochs, style: .dottedLine, colour: 2)) }
        let validation = history[.validationLoss]
        if !validation.isEmpty { series.append(.init("validation", validation, style: .dottedLine, colour: 1)) }
        var chart = chart("Loss", series, unit: task.loss.unit.name, summary: lossSummary)
        if let best = history.bestValidation { chart.remarks = [.init(best, "best \(figure(best.y))")] }
        choice("loss", chart, on: &page)
    }

    private var lossSummary: String {
        let best = history.bestValidation.map { "; the lowest validation loss is \(figure($0.y)) at step \(fixed($0.x, decimals: 0))" } ?? ""
        let last = (history[.epochLoss].last ?? history[.loss].last).map { ", at the end \(figure($0.y))" } ?? ""
        return "Training and validation loss over the steps\(last)\(best)."
    }

    private func validationChart(on page: inout Page, _ curve: RunHistory.Curve, name: String, title: String, factor: Double, unit: String) {
        let points = history[curve].map { Point($0.x, factor * $0.y) }
        guard let last = points.last else { return }
        let chart = chart(
            title, [.init("validation", points, style: .dottedLine, colour: 1)], unit: unit, summary: "\(title) over the steps, \(figure(last.y)) at the end.")
        page.picture(name, chart.picture)
    }

    private func learningRate(on page: inout Page) {
        let points = history[.learningRate]
        guard let last = points.last else { return }
        let chart = chart(
            "Learning rate", [.init("learning rate", points, colour: 3)], unit: "step size",
            summary: "The learning rate over the steps, \(figure(last.y)) at the end.")
        choice("learning-rate", chart, on: &page)
    }

    private func noisy(on page: inout Page, _ curve: RunHistory.Curve, name: String, title: String, unit: String) {
        guard let last = history[curve].last else { return }
        let chart = chart(
            title, smoothedSeries(history[curve], name: title.lowercased(), colour: curve == .gradientNorm ? 4 : 5), unit: unit,
            summary: "\(title) over the steps, \(figure(last.y)) at the end.")
        choice(name, chart, on: &page)
    }

    // MARK: Common parts

    private func chart(_ title: String, _ series: [LineChart.Series], unit: String, summary: String) -> LineChart {
        var chart = LineChart(title, summary: summary, x: Axis("step", areWhole: true), y: Axis(unit), series: series)
        chart.uprights = ("resumed", history.resumes.map(Double.init))
        return chart
    }

    /// Adds a chart on a linear scale, and on a logarithmic one if all values are positive and it shows more.
    private func choice(_ name: String, _ chart: LineChart, on page: inout Page) {
        let values = chart.series.flatMap { $0.points.map(\.y) }
        var views = [(label: "linear", picture: chart.picture)]
        if let least = values.min(), let greatest = values.max(), least > 0, greatest > 1.5 * least {
            var logarithmic = chart
            logarithmic.y.kind = .logarithmic
            views.append((label: "log", picture: logarithmic.picture))
        }
        page.choice(name, views)
    }
}

/// A smoothed curve with the raw one faintly behind it; only the raw one if it has few points.
func smoothedSeries(_ points: [Point], name: String, colour: Int, showsRaw: Bool = true) -> [LineChart.Series] {
    guard !points.isEmpty else { return [] }
    guard points.count > 12 else { return [.init(name, points, style: .dottedLine, colour: colour)] }
    let weight = usualSmoothingWeight(count: points.count)
    let raw = LineChart.Series("", points, style: .faint, colour: colour)
    return (showsRaw ? [raw] : []) + [.init("\(name), smoothed (EMA \(figure(weight, digits: 2)))", smoothed(points, weight: weight), colour: colour)]
}
