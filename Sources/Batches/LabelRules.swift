/// Which classes may follow each other in a sequence, as schemes of tags have it.
///
/// In BIO (Ramshaw & Marcus 1995, as IOB2) a span's first word is tagged B-kind and its further ones I-kind, all other words O; BIOES adds E-kind for a span's
/// last word and S-kind for a span of one word.
public struct LabelRules: Sendable, Hashable {
    public let classCount: Int
    /// Whether class j may follow class i, `[i, j]`.
    public let follows: [Bool]
    /// Whether a sequence may begin, and end, with a class.
    public let starts: [Bool]
    public let ends: [Bool]

    /// - Returns: nil unless each of `names` is O, or B-, I-, E- or S- with a kind, and one begins with I-.
    public init?(classes names: [String]) {
        let tags = names.compactMap(Tag.init)
        guard tags.count == names.count, tags.contains(where: { $0.place == .inside }) else { return nil }
        // Without E- a span may end with I- or B-.
        let hasEnds = tags.contains { $0.place == .end || $0.place == .single }
        classCount = names.count
        follows = tags.flatMap { first in tags.map { Tag.mayFollow(first, $0, hasEnds: hasEnds) } }
        starts = tags.map { !$0.goesOn }
        ends = tags.map { !hasEnds || ![.begin, .inside].contains($0.place) }
    }

    public func allows(_ second: Int, after first: Int) -> Bool { follows[first * classCount + second] }

    /// Whether a sequence's classes follow the rules.
    public func allows(_ classes: some BidirectionalCollection<Int32>) -> Bool {
        guard let first = classes.first, let last = classes.last else { return true }
        return starts[Int(first)] && ends[Int(last)] && zip(classes, classes.dropFirst()).allSatisfy { allows(Int($1), after: Int($0)) }
    }
}

/// A tag of a scheme of spans.
private struct Tag {
    enum Place: Character { case outside = "O", begin = "B", inside = "I", end = "E", single = "S" }

    let place: Place
    let kind: Substring

    init?(_ name: String) {
        guard let first = name.first, let place = Place(rawValue: first) else { return nil }
        guard place != .outside else {
            guard name == "O" else { return nil }
            (self.place, kind) = (place, "")
            return
        }
        guard name.count > 2, name.dropFirst().first == "-" else { return nil }
        (self.place, kind) = (place, name.dropFirst(2))
    }

    /// Whether the tag goes on with a span.
    var goesOn: Bool { place == .inside || place == .end }

    static func mayFollow(_ first: Tag, _ second: Tag, hasEnds: Bool) -> Bool {
        let isOpen = first.place == .begin || first.place == .inside
        if second.goesOn { return isOpen && first.kind == second.kind }
        return !(hasEnds && isOpen)
    }
}
