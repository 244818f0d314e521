import Foundation
import Training

/// A live view: a few lines at the bottom of a terminal that are redrawn, with progress and loss.
///
/// Lines above it never change: before a redraw the cursor moves up by the rows of the view. A line never reaches the last column,
/// so that it doesn't wrap; if the window has become narrower since, and its terminal rewraps lines, a line takes several rows.
struct LiveView {
    private let terminal: Terminal
    /// Width of each line of the current view.
    private var drawnWidths: [Int] = []
    private var drawn = ContinuousClock.now

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// At most five redraws a second.
    var isDue: Bool { ContinuousClock.now - drawn > .milliseconds(200) }

    /// Output that replaces the view by these lines, with the cursor at the end of the last.
    mutating func drawing(_ lines: [Line]) -> String {
        let columnCount = terminal.columnCount
        let width = columnCount - 1
        let text = erasing(columnCount) + lines.map { $0.drawn(width: width, terminal) }.joined(separator: "\n")
        drawnWidths = lines.map { min(width, $0.width(terminal)) }
        drawn = .now
        return text
    }

    /// Output that erases the view and moves the cursor to its start.
    mutating func erasing() -> String { drawnWidths.isEmpty ? "" : erasing(terminal.columnCount) }

    /// The same for a window whose width is known.
    private mutating func erasing(_ columns: Int) -> String {
        defer { drawnWidths = [] }
        guard !drawnWidths.isEmpty else { return "" }
        let columnCount = max(1, columns)
        let rowCount = drawnWidths.reduce(0) { $0 + (terminal.rewraps ? max(1, ($1 + columnCount - 1) / columnCount) : 1) }
        return "\r" + (rowCount > 1 ? "\u{1B}[\(rowCount - 1)A" : "") + "\u{1B}[J"
    }

    /// A line of differently styled parts.
    struct Line {
        var parts: [(text: String, style: Terminal.Style?)]

        init(_ parts: [(String, Terminal.Style?)]) { self.parts = parts.map { (text: $0.0, style: $0.1) } }

        /// Number of columns needed.
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
