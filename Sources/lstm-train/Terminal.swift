import Communication
import Configuration
import Foundation
import Training

/// The capabilities of the terminal behind standard output.
struct Terminal {
    /// Whether the live view may be drawn, because a person is watching.
    let isLive: Bool
    let usesColor: Bool
    /// Whether it shows more than ASCII.
    let usesUnicode: Bool
    /// Whether it rewraps lines when its window becomes narrower, as most do.
    let rewraps: Bool
    /// Descriptor used to query the window's width.
    private let window: Int32

    init(live: Configuration.LiveDisplay = .auto, environment: [String: String] = ProcessInfo.processInfo.environment) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        // Under a launcher standard output may look like a terminal (Open MPI gives each rank its own), but may end up in a file.
        let isLaunched = LaunchEnvironment.current().isLaunched
        let launchers = isTerminal && isLaunched && live != .off ? LauncherTerminal.find() : nil
        window = launchers?.descriptor ?? STDOUT_FILENO
        let isShown = !isLaunched || live == .on || launchers?.takesPartialLines == true
        isLive = isTerminal && isShown && live != .off && environment["TERM"] != "dumb"
        // https://no-color.org: set and not empty.
        usesColor = isLive && (environment["NO_COLOR"] ?? "").isEmpty
        // A file keeps all characters; a terminal shows those of its locale.
        usesUnicode = !isTerminal || Self.localeIsUTF8(environment)
        rewraps = Self.rewraps(environment)
    }

    /// xterm, rxvt, st, screen and the Linux console truncate lines that no longer fit.
    private static func rewraps(_ environment: [String: String]) -> Bool {
        let kind = environment["TERM"] ?? ""
        let isScreen = kind.hasPrefix("screen") && environment["TMUX"] == nil
        return environment["XTERM_VERSION"] == nil && !isScreen && !["rxvt", "st-", "linux"].contains { kind.hasPrefix($0) }
    }

    /// Whether the locale is UTF-8 according to POSIX: the first of three variables that is set and not empty counts.
    private static func localeIsUTF8(_ environment: [String: String]) -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let name = locale.lowercased()
        return name.contains("utf-8") || name.contains("utf8")
    }

    /// The window's current width; 80 if unknown.
    var columnCount: Int {
        var size = winsize()
        guard ioctl(window, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The text with only characters that this terminal can show.
    func shown(_ text: String) -> String {
        guard !usesUnicode else { return text }
        let words = ["×": "x", "–": "-", "−": "-", "…": "...", "→": "->", "·": "|", "≥": ">="]
        return text.map { words[String($0)] ?? ($0.isASCII ? String($0) : "?") }.joined()
    }

    enum Style: String { case dim = "2", bold = "1", green = "32", cyan = "36", yellow = "33" }

    func styled(_ text: String, _ style: Style) -> String { usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text }
}
