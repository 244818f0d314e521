import Charts

/// Labels that are on over the time steps of one sequence, as a piano roll: a row a label, a column a time step.
struct LabelRoll {
    let title: String
    let summary: String
    let names: [String]
    /// Strips one below the other: a title, and at each time step each label's value from 0 to 1, `[time][labels]`.
    let strips: [(title: String, steps: [[Double]])]

    /// Maximum number of rows of a strip, and of time steps.
    static let (rowLimit, stepLimit) = (48, 200)
    /// A label with less than this at all time steps has no row.
    private static let leastShown = 0.1

    var picture: Picture {
        let shown = rows
        let timeCount = min(Self.stepLimit, strips.map(\.steps.count).max() ?? 0)
        return TimeStrips(
            title, subtitle: subtitle(shown), summary: summary, names: [], timeCount: timeCount,
            strips: strips.map { strip in
                TimeStrips.Strip(strip.title, rows: shown.map { label in (names[label], strip.steps.prefix(timeCount).map { $0[label] }) })
            }
        ).picture
    }

    private func subtitle(_ shown: [Int]) -> String {
        let left = names.count - shown.count
        return left == 0 ? "" : "\(shown.count) of \(names.count) labels: those that are on most"
    }

    /// The labels with the most on them, the last one at the top, as high notes stand above low ones.
    private var rows: [Int] {
        func values(_ label: Int) -> [Double] { strips.flatMap { $0.steps.prefix(Self.stepLimit).map { $0[label] } } }
        let seen = names.indices.filter { values($0).contains { $0 >= Self.leastShown } }
        let most = seen.sorted { (values($0).reduce(0, +), $1) > (values($1).reduce(0, +), $0) }
        return most.prefix(Self.rowLimit).sorted(by: >)
    }
}
