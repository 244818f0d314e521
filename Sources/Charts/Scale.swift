import Glibc

/// Kind of an axis: linear or logarithmic.
public enum ScaleKind: Sendable { case linear, logarithmic }

/// The range of an axis, from one end to the other.
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

    /// A scale that contains all `values`, with ends that fit them exactly or, if `isRoomy`, with a small margin.
    /// Values that the scale can't show are ignored; if none remain, it goes from 0 to 1, or from 1 to 10.
    package init(_ kind: ScaleKind, over values: [Double], isRoomy: Bool) {
        let shown = values.filter { Scale.shows($0, on: kind) }
        guard let least = shown.min(), let greatest = shown.max() else {
            self.init(kind, from: kind == .linear ? 0 : 1, to: kind == .linear ? 1 : 10)
            return
        }
        switch kind {
        case .linear:
            guard least < greatest else {
                // A constant is in the middle, with 0 at one end.
                let room = least == 0 ? 1 : abs(least)
                self.init(.linear, from: least - room, to: least + room)
                return
            }
            let room = isRoomy ? (greatest - least) / 20 : 0
            // No margin below 0 if no value is negative.
            self.init(.linear, from: least >= 0 ? max(0, least - room) : least - room, to: greatest + room)
        case .logarithmic:
            let ratio = least < greatest ? greatest / least : 10
            let room = isRoomy || least == greatest ? pow(ratio, 0.05) : 1
            self.init(.logarithmic, from: least / room, to: greatest * room)
        }
    }

    /// Whether a scale can show `value`: all finite numbers except those so large or small that differences or ratios overflow; on
    /// a logarithmic scale only positive ones.
    static func shows(_ value: Double, on kind: ScaleKind) -> Bool {
        switch kind {
        case .linear: abs(value) < 1e300
        case .logarithmic: value > 1e-140 && value < 1e140
        }
    }

    /// The position of `value`, from 0 at the lower end to 1 at the upper; nil if the scale can't show it.
    package func position(of value: Double) -> Double? {
        guard Scale.shows(value, on: kind) else { return nil }
        switch kind {
        case .linear: return (value - lower) / (upper - lower)
        case .logarithmic: return log(value / lower) / log(upper / lower)
        }
    }
}
