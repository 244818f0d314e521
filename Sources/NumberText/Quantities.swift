// Quantities with their units, short enough for a line.

/// Seconds as "0.4 s", "12 s", "3 min 20 s" or "5 h 12 min".
public func durationText(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e15 else { return "–" }
    if seconds < 9.95 { return fixed(seconds, decimals: 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(grouped(whole / 3600)) h \(whole % 3600 / 60) min"
}

/// Seconds for a column of eight characters: "0.3 s", "12 s", "3.4 min", "2.1 h"; "–" if unknown.
public func shortDuration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "–" }
    if seconds < 9.95 { return fixed(seconds, decimals: 1) + " s" }
    if seconds < 99.5 { return fixed(seconds, decimals: 0) + " s" }
    if seconds < 3570 { return fixed(seconds / 60, decimals: seconds < 597 ? 1 : 0) + " min" }
    return seconds < 359_000 ? fixed(seconds / 3600, decimals: 1) + " h" : fixed(seconds / 86_400, decimals: 0) + " days"
}

/// Three digits and a unit: "812", "12.3 k", "1.23 M".
public func short(_ number: Double) -> String {
    guard number.isFinite else { return "–" }
    let units = ["", " k", " M", " G", " T", " P"]
    var (value, unit) = (number, 0)
    while abs(value) >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let decimals = unit == 0 && value == value.rounded() ? 0 : abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
    return fixed(value, decimals: decimals) + units[unit]
}

/// "34.2 GB", "3 GB".
public func bytes(_ count: Double) -> String {
    for (unit, size) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where count >= size { return decimal(count / size) + " " + unit }
    return decimal(count) + " bytes"
}

/// "1 rank", "2 ranks", "2 batches"; or with a given plural.
public func counted(_ count: Int, _ word: String, plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? word : plural ?? usualPlural(of: word))"
}

/// The regular plural: "ranks", "batches", "entries".
private func usualPlural(of word: String) -> String {
    if ["ch", "sh", "s", "x"].contains(where: word.hasSuffix) { return word + "es" }
    let isAfterConsonant = word.dropLast().last.map { !"aeiou".contains($0) } ?? false
    return word.hasSuffix("y") && isAfterConsonant ? word.dropLast() + "ies" : word + "s"
}
