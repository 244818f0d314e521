import StrictJSON

extension ConfigurationSection {
    /// What is said about a section of the file that there isn't, with what may have been meant.
    static func unknownSection(_ name: String) -> String {
        let refusal = "\(JSONValue.printable(name)) is not a section here."
        if let key = ConfigurationKey.table.first(where: { $0.dottedName == name }) {
            return "\(refusal) Write \"\(key.name)\" inside the section \"\(key.section.rawValue)\"."
        }
        let names = allCases.map(\.rawValue)
        if let meant = ConfigurationKey.dottedName(ofBare: name) ?? nearest(to: name, among: names) ?? ConfigurationKey.dottedName(nearest: name) {
            return "\(refusal) Did you mean '\(meant)'?"
        }
        return "\(refusal) The sections are \(alternatives(names, "and"))."
    }

    /// The same about a key that this section hasn't.
    func unknownKey(_ name: String) -> String {
        let refusal = "\(rawValue).\(JSONValue.printable(name)) is not a key here."
        let names = keys.map(\.name)
        if let meant = ConfigurationKey.dottedName(ofBare: name) ?? nearest(to: name, among: names) ?? ConfigurationKey.dottedName(nearest: name) {
            return "\(refusal) Did you mean '\(meant)'?"
        }
        return "\(refusal) The keys of \(rawValue) are \(alternatives(names, "and"))."
    }
}

extension ConfigurationKey {
    /// The same about a key on the command line, where its section stands before it.
    static func unknownDottedKey(_ name: String) -> String {
        let refusal = "\(JSONValue.printable(name)) is not a key."
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let bare = parts.last ?? name
        let section = ConfigurationSection(rawValue: parts.first ?? "")
        let own = section.flatMap { section in nearest(to: bare, among: section.keys.map(\.name)).map { "\(section.rawValue).\($0)" } }
        if let meant = dottedName(ofBare: bare) ?? own ?? nearest(to: name, among: table.map(\.dottedName)) ?? dottedName(nearest: bare) {
            return "\(refusal) Did you mean '\(meant)'?"
        }
        let sections = ConfigurationSection.allCases.map(\.rawValue)
        return "\(refusal) A key has its section before it, as in model.hidden=256; the sections are \(alternatives(sections, "and"))."
    }

    /// The first key of any section that is called `name`.
    fileprivate static func dottedName(ofBare name: String) -> String? {
        table.first { $0.name == name }?.dottedName
    }

    /// The key of any section whose name is most like `name`.
    fileprivate static func dottedName(nearest name: String) -> String? {
        nearest(to: name, among: table.map(\.name)).flatMap(dottedName(ofBare:))
    }
}

/// The name of `candidates` that `name` is most like; nil if it is like none.
///
/// Case, "_" and "-" don't count. Like is what a third of the letters (at least one) have to be changed in, left out, put in or swapped with their
/// neighbour, or what begins with the other and has at least four letters of it.
func nearest(to name: String, among candidates: [String]) -> String? {
    let letters = plainLetters(name)
    // Nobody mistypes a name at this length, and a hostile one would cost time.
    guard !letters.isEmpty, name.utf8.count <= 64 else { return nil }
    let ranked = candidates.compactMap { candidate -> (name: String, distance: Int)? in
        let other = plainLetters(candidate)
        let distance = editDistance(letters, other)
        if distance <= max(1, min(letters.count, other.count) / 3) { return (candidate, distance) }
        let shared = min(letters.count, other.count)
        return shared >= 4 && letters.prefix(shared) == other.prefix(shared) ? (candidate, distance + 100) : nil
    }
    return ranked.min { $0.distance < $1.distance }?.name
}

private func plainLetters(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" }
}

/// The least number of letters changed, left out, put in, or swapped with their neighbour that makes one of the other.
func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (i, letter) in first.enumerated() {
        var row = [i + 1]
        for (j, other) in second.enumerated() {
            var distance = min(last[j] + (letter == other ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, letter == second[j - 1], first[i - 1] == other {
                distance = min(distance, beforeLast[j - 1] + 1)
            }
            row.append(distance)
        }
        (beforeLast, last) = (last, row)
    }
    return last[second.count]
}
