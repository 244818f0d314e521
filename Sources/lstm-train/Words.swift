import Foundation
import Training

// Figures as a person reads them, short enough for columns.

/// "0.3 s", "12 s", "3.4 min", "2.1 h"; "–" for what isn't known.
func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "–" }
    if seconds < 9.95 { return String(format: "%.1f s", seconds) }
    if seconds < 99.5 { return String(format: "%.0f s", seconds) }
    if seconds < 3570 { return String(format: seconds < 597 ? "%.1f min" : "%.0f min", seconds / 60) }
    return seconds < 359_000 ? String(format: "%.1f h", seconds / 3600) : String(format: "%.0f days", seconds / 86_400)
}

/// Three digits and a unit: "812", "12.3 k", "1.23 M".
func short(_ number: Double) -> String {
    guard number.isFinite else { return "–" }
    let units = ["", " k", " M", " G", " T", " P"]
    var (value, unit) = (number, 0)
    while abs(value) >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let digits = unit == 0 && value == value.rounded() ? 0 : abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return String(format: "%.\(digits)f", value) + units[unit]
}

/// "52.4 MB", "1.20 GB".
func bytes(_ count: Double) -> String {
    let text = short(count)
    return text + (text.contains(" ") ? "B" : " bytes")
}

/// "1 rank", "2 ranks".
func counted(_ count: Int, _ word: String) -> String { "\(grouped(count)) \(word)\(count == 1 ? "" : "s")" }

/// A loss or an error: four decimals, or four digits where it is large.
func figure(_ value: Double) -> String { String(format: abs(value) < 1e5 ? "%.4f" : "%.4g", value) }

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    func rightAligned(in width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}

/// A line with its name at its head.
func field(_ name: String, _ text: String) -> String { name.padded(to: 12) + text }

/// Parts behind a name, with commas, in as many lines of at most 80 columns as they take.
func field(_ name: String, parts: [String]) -> [String] {
    var lines: [String] = []
    for part in parts {
        if let last = lines.last, last.count + 2 + part.count <= 67 { lines[lines.count - 1] = last + ", " + part } else { lines.append(part) }
    }
    return lines.enumerated().map { field($0.offset == 0 ? name : "", $0.element + ($0.offset < lines.count - 1 ? "," : "")) }
}
