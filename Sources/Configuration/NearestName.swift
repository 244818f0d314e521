/// The most similar name of `candidates`; nil if none is similar.
///
/// Ignores case, "_" and "-". Similar means an edit distance of at most a third of the letters (at least one), or that one name is a prefix of the
/// other, of at least four letters.
func nearest(to name: String, among candidates: [String]) -> String? {
    let letters = plainLetters(name)
    // A name of this length isn't a typo, and comparing it would take time.
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

/// Lower-case letters, without "_" and "-".
func plainLetters(_ name: String) -> [Unicode.Scalar] {
    name.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" }
}

/// Edit distance: the minimum number of letters to change, remove, insert, or swap with their neighbour.
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
