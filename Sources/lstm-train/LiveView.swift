import Foundation
import Training

/// A few lines at the bottom of a terminal that are drawn again and again: how far training is and how the loss goes.
///
/// What was written above is never touched: before it is drawn anew the cursor goes up by the rows that it takes. A line never reaches the last column,
/// so that none wraps; where the window was made narrower since, and its terminal breaks lines anew, a line takes several rows.
struct LiveView {
    private let terminal: Terminal
    /// Columns of each line that stands there.
    private var drawnWidths: [Int] = []
    private var drawn = ContinuousClock.now

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// Five times a second is enough to look alive.
    var isDue: Bool { ContinuousClock.now - drawn > .milliseconds(200) }

    /// What to write so that these lines stand in place of the ones before, the cursor at the end of the last.
    mutating func drawing(_ lines: [Line]) -> String {
        let width = terminal.columnCount - 1
        let text = erasing() + lines.map { $0.drawn(width: width, terminal) }.joined(separator: "\n")
        drawnWidths = lines.map { min(width, $0.width(terminal)) }
        drawn = .now
        return text
    }

    /// What to write so that nothing of the view is left, the cursor where it began.
    mutating func erasing() -> String {
        defer { drawnWidths = [] }
        guard !drawnWidths.isEmpty else { return "" }
        let columnCount = max(1, terminal.columnCount)
        let rowCount = drawnWidths.reduce(0) { $0 + (terminal.rewraps ? max(1, ($1 + columnCount - 1) / columnCount) : 1) }
        return "\r" + (rowCount > 1 ? "\u{1B}[\(rowCount - 1)A" : "") + "\u{1B}[J"
    }

    /// A line of differently styled parts.
    struct Line {
        var parts: [(text: String, style: Terminal.Style?)]

        init(_ parts: [(String, Terminal.Style?)]) { self.parts = parts.map { (text: $0.0, style: $0.1) } }

        /// Columns that it would take.
        fileprivate func width(_ terminal: Terminal) -> Int { parts.reduce(0) { $0 + terminal.shown($1.text.withoutControls).count } }

        fileprivate func drawn(width: Int, _ terminal: Terminal) -> String {
            var rest = max(0, width)
            return parts.map { part in
                let shown = String(terminal.shown(part.text.withoutControls).prefix(rest))
                rest -= shown.count
                return part.style.map { terminal.styled(shown, $0) } ?? shown
            }.joined()
        }
    }
}
