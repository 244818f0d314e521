/// Spans of a scheme of tags (BIO, BIOES) that were named, that are there, and both: counted as conlleval does (Tjong Kim Sang & Buchholz 2000), which also
/// takes I- or E- without a beginning, or of another kind than the tag before, for a span's beginning.
public struct SpanCounts: Sendable, Equatable {
    public let right: Int
    public let named: Int
    public let total: Int

    /// 0 where nothing was named, or nothing is there.
    public var precision: Double { named == 0 ? 0 : Double(right) / Double(named) }
    public var recall: Double { total == 0 ? 0 : Double(right) / Double(total) }
    /// 2·right / (named + total); 0 without any.
    public var f1: Double { named + total == 0 ? 0 : 2 * Double(right) / Double(named + total) }

    private static let (rightKey, namedKey, totalKey) = (0, 1, 2)

    /// - Parameter tally: counted by ``rule(names:)``.
    init(_ tally: Tally) { (right, named, total) = (tally[Self.rightKey], tally[Self.namedKey], tally[Self.totalKey]) }

    /// - Parameter names: of the classes.
    static func rule(names: [String]) -> TallyRule {
        let tags = names.map(SpanTag.init)
        return TallyRule(name: "spans") { outcome, tally in
            guard let classes = outcome.classes else { return }
            let (named, total) = (Span.spans(classes.predicted, tags), Span.spans(classes.targets, tags))
            tally.add(named.count, to: namedKey)
            tally.add(total.count, to: totalKey)
            tally.add(Set(named).intersection(total).count, to: rightKey)
        }
    }
}

/// Time steps that are named together, and as what.
private struct Span: Hashable {
    let steps: Range<Int>
    let kind: Substring

    static func spans(_ classes: [Int32], _ tags: [SpanTag]) -> [Span] {
        var spans: [Span] = []
        var open: (start: Int, kind: Substring)?
        func close(_ end: Int) {
            if let span = open { spans.append(Span(steps: span.start..<end, kind: span.kind)) }
            open = nil
        }
        for (time, index) in classes.enumerated() {
            let tag = tags[Int(index)]
            if !tag.goesOn || open?.kind != tag.kind { close(time) }
            if !tag.isOutside, open == nil { open = (time, tag.kind) }
            if tag.isLast { close(time + 1) }
        }
        close(classes.count)
        return spans
    }
}

/// A tag's place in a span, and the span's kind.
private struct SpanTag {
    let isOutside: Bool
    /// Whether it goes on with a span of its kind, if one is open.
    let goesOn: Bool
    let isLast: Bool
    let kind: Substring

    init(_ name: String) {
        let place = name.first
        isOutside = name == "O"
        goesOn = place == "I" || place == "E"
        isLast = place == "E" || place == "S"
        kind = name.dropFirst(2)
    }
}

extension Metric {
    /// Share of the spans, named or there, that are both: micro-averaged F1 over all kinds, as conlleval's and seqeval's.
    static func spanF1(names: [String]) -> Metric {
        Metric(
            key: "spanF1", title: "span F1", unit: .share, isBetterHigher: true,
            log: Log(
                key: "validationSpanF1", tag: "validation/span_f1", meaning: "F1 of the validation part's spans, as conlleval counts it.", column: "span F1",
                curve: ("Validation span F1", "F1", "span-f1")),
            card: ("f1", "span F1"), .counts(SpanCounts.rule(names: names)) { SpanCounts($0).f1 })
    }

    static func spanPrecision(names: [String]) -> Metric {
        Metric(
            key: "spanPrecision", title: "span precision", unit: .share, isBetterHigher: true, card: ("precision", "span precision"),
            .counts(SpanCounts.rule(names: names)) { SpanCounts($0).precision })
    }

    static func spanRecall(names: [String]) -> Metric {
        Metric(
            key: "spanRecall", title: "span recall", unit: .share, isBetterHigher: true, card: ("recall", "span recall"),
            .counts(SpanCounts.rule(names: names)) { SpanCounts($0).recall })
    }
}
