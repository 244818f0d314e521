import Charts
import NumberText

/// A run's time by phase and by rank.
struct TimeSection {
    let history: RunHistory

    func write(on page: inout Page) {
        guard !history.phases.isEmpty else {
            return page.paragraph("The metrics of this run have no phaseSeconds: it was trained before they were measured. They come with the next lines of a resumed run.")
        }
        let rankCount = history.phases.map(\.seconds.count).max() ?? 0
        page.paragraph(
            "Seconds of the whole run. Waiting is what a rank waits for the slowest one before a sum; sum is the exchange itself."
                + (rankCount > StackedBars.barLimit ? " The first \(StackedBars.barLimit) of \(rankCount) ranks are drawn." : ""))
        page.grid { page in
            page.picture("time", Self.chart(bars(rankCount), phases: history.phases, title: "Time by phase and rank").picture)
            page.table(table(rankCount))
        }
    }

    private func bars(_ rankCount: Int) -> [StackedBars.Bar] {
        (0..<rankCount).map { rank in
            StackedBars.Bar("rank \(rank)", history.phases.map { rank < $0.seconds.count ? $0.seconds[rank] : 0 })
        }
    }

    static func chart(_ bars: [StackedBars.Bar], phases: [RunHistory.Phase], title: String) -> StackedBars {
        let total = bars.flatMap(\.sizes).reduce(0, +)
        let largest = phases.indices.max { left, right in
            bars.reduce(0) { $0 + $1.sizes[left] } < bars.reduce(0) { $0 + $1.sizes[right] }
        }
        let share = largest.map { part in bars.reduce(0) { $0 + $1.sizes[part] } / max(total, 1e-300) } ?? 0
        return StackedBars(
            title, summary: "\(title): most of it, \(fixed(100 * share, decimals: 0)) %, is \(largest.map { phases[$0].name } ?? "nothing").", unit: "seconds",
            parts: phases.map(\.name), bars: bars)
    }

    private func table(_ rankCount: Int) -> Table {
        let total = history.phases.reduce(0) { $0 + $1.seconds.reduce(0, +) }
        let rows = history.phases.map { phase in
            let sum = phase.seconds.reduce(0, +)
            let (least, most) = (phase.seconds.min() ?? 0, phase.seconds.max() ?? 0)
            return Table.Row(cells: [
                .init(phase.name), .init(figure(sum / Double(max(1, rankCount)), digits: 3)), .init("\(figure(least, digits: 3)) – \(figure(most, digits: 3))"),
                .init(fixed(100 * sum / max(total, 1e-300), decimals: 1) + " %"),
            ])
        }
        return Table(
            columns: [
                .init(name: "phase"), .init(name: "mean, s", isNumber: true), .init(name: "least – most of the ranks, s", isNumber: true), .init(name: "share", isNumber: true),
            ], rows: rows)
    }
}
