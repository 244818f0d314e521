import Glibc

/// How an axis divides its length: evenly by values, or evenly by their logarithms.
public enum ScaleKind: Sendable { case linear, logarithmic }

/// An axis's values from its one end to the other.
package struct Scale: Sendable {
    package let kind: ScaleKind
    package let lower: Double
    package let upper: Double

    /// - Precondition: `lower` < `upper`, both finite, and above 0 on a logarithmic scale.
    package init(_ kind: ScaleKind, from lower: Double, to upper: Double) {
        precondition(lower < upper && lower.isFinite && upper.isFinite && (kind == .linear || lower > 0), "\(kind) scale from \(lower) to \(upper)")
        self.kind = kind
        self.lower = lower
        self.upper = upper
    }

    /// A scale that has all of `values` in it, with ends that fit them exactly or, if `isRoomy`, a little beyond.
    /// Values that the scale can't show don't count; where none is left it goes from 0 to 1, or from 1 to 10.
    package init(_ kind: ScaleKind, over values: [Double], isRoomy: Bool) {
        let shown = values.filter { Scale.shows($0, on: kind) }
        guard let least = shown.min(), let greatest = shown.max() else {
            self.init(kind, from: kind == .linear ? 0 : 1, to: kind == .linear ? 1 : 10)
            return
        }
        switch kind {
        case .linear:
            guard least < greatest else {
                // A constant stands in the middle, 0 at the one end.
                let room = least == 0 ? 1 : abs(least)
                self.init(.linear, from: least - room, to: least + room)
                return
            }
            let room = isRoomy ? (greatest - least) / 20 : 0
            // Values that are never negative have no room below 0.
            self.init(.linear, from: least >= 0 ? max(0, least - room) : least - room, to: greatest + room)
        case .logarithmic:
            let ratio = least < greatest ? greatest / least : 10
            let room = isRoomy || least == greatest ? pow(ratio, 0.05) : 1
            self.init(.logarithmic, from: least / room, to: greatest * room)
        }
    }

    /// Whether a scale has a place for `value`: all finite numbers but those so large or small that differences or ratios overflow, and on
    /// a logarithmic one the positive ones alone.
    static func shows(_ value: Double, on kind: ScaleKind) -> Bool {
        switch kind {
        case .linear: abs(value) < 1e300
        case .logarithmic: value > 1e-140 && value < 1e140
        }
    }

    /// Where `value` stands, 0 being the lower end and 1 the upper; nil where the scale has no place for it.
    package func position(of value: Double) -> Double? {
        guard Scale.shows(value, on: kind) else { return nil }
        switch kind {
        case .linear: return (value - lower) / (upper - lower)
        case .logarithmic: return log(value / lower) / log(upper / lower)
        }
    }
}
