/// The name of `candidates` that `name` is most like; nil if it is like none.
///
/// Case, "_" and "-" don't count. Like is what a third of the letters (at least one) have to be changed in, left out, put in or swapped with their
/// neighbour, or what begins with the other and has at least four letters of it.
func nearest(to name: String, among candidates: [String]) -> String? {
    let letters = plainLetters(name)
    // A name of this length is not a typing error, and comparing it would cost time.
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

/// Its letters in lower case, without "_" and "-".
func plainLetters(_ name: String) -> [Unicode.Scalar] {
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
