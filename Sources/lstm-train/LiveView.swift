import Foundation
import Training

/// A few lines at the bottom of a terminal that are drawn again and again: how far training is and how the loss goes.
///
/// What was written above is never touched: before it is drawn anew the cursor goes up by the lines that were drawn, no further, whatever has become
/// of the window. A line never reaches the last column, so that none wraps.
struct LiveView {
    private let terminal: Terminal
    private var drawnLineCount = 0
    private var drawn = ContinuousClock.now

    init(_ terminal: Terminal) { self.terminal = terminal }

    /// Five times a second is enough to look alive.
    var isDue: Bool { ContinuousClock.now - drawn > .milliseconds(200) }

    /// What to write so that these lines stand in place of the ones before, the cursor at the end of the last.
    mutating func drawing(_ lines: [Line]) -> String {
        let width = terminal.columnCount - 1
        let text = erasing() + lines.map { $0.drawn(width: width, terminal) }.joined(separator: "\n")
        drawnLineCount = lines.count
        drawn = .now
        return text
    }

    /// What to write so that nothing of the view is left, the cursor where it began.
    mutating func erasing() -> String {
        defer { drawnLineCount = 0 }
        guard drawnLineCount > 0 else { return "" }
        return "\r" + (drawnLineCount > 1 ? "\u{1B}[\(drawnLineCount - 1)A" : "") + "\u{1B}[J"
    }

    /// A line of differently styled parts.
    struct Line {
        var parts: [(text: String, style: Terminal.Style?)]

        init(_ parts: [(String, Terminal.Style?)]) { self.parts = parts.map { (text: $0.0, style: $0.1) } }

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
