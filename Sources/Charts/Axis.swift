/// Options of a chart's axis.
public struct Axis: Sendable {
    public var name: String
    public var kind: ScaleKind
    /// Whether values are whole numbers.
    public var areWhole: Bool
    /// Values that the axis must include.
    public var included: [Double]
    /// Labels for the values 0, 1, 2 …, shown instead of digits; empty for none.
    public var valueNames: [String]

    public init(_ name: String, kind: ScaleKind = .linear, areWhole: Bool = false, including included: [Double] = [], valueNames: [String] = []) {
        self.name = name
        self.valueNames = valueNames
        self.kind = kind
        self.areWhole = areWhole
        self.included = included
    }
}

/// The plot area, with its two scales, grid, ticks and axis names.
struct Frame {
    let x: Scale
    let y: Scale
    private let xTicks: Ticks
    private let yTicks: Ticks
    private let left: Double
    private let top: Double
    private let right: Double
    private let bottom: Double

    private static let tickSize = 10.5
    /// Height of tick labels and axis name below the plot area.
    static let footHeight = 32.0

    /// - Parameter width: of the whole picture; the plot area leaves room for labels on its left.
    init(x: Scale, y: Scale, xAxis: Axis, yAxis: Axis, width: Double, top: Double, height: Double) {
        self.x = x
        self.y = y
        yTicks = Ticks(y, count: max(2, Int(height / 34)), areWhole: yAxis.areWhole)
        left = 10 + (yTicks.labels.map { textWidth($0, size: Self.tickSize) }.max() ?? 0)
        right = width - 14
        self.top = top
        bottom = top + height
        xTicks = Frame.xTicks(x, xAxis, length: right - left)
    }

    /// As many ticks as fit without overlap.
    private static func xTicks(_ scale: Scale, _ axis: Axis, length: Double) -> Ticks {
        var count = 9
        while count > 2 {
            let ticks = Ticks(scale, count: count, areWhole: axis.areWhole).named(axis.valueNames)
            let widest = ticks.labels.map { textWidth($0, size: tickSize) }.max() ?? 0
            let places = ticks.values.compactMap { scale.position(of: $0) }
            let nearest = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 1
            if nearest * length >= widest + 10 { return ticks }
            count -= 1
        }
        return Ticks(scale, count: count, areWhole: axis.areWhole).named(axis.valueNames)
    }

    /// Coordinates of a point; nil if the scales can't show it.
    func place(_ point: Point) -> Point? {
        guard let across = x.position(of: point.x), let up = y.position(of: point.y) else { return nil }
        return Point(left + across * (right - left), bottom - up * (bottom - top))
    }

    func places(_ points: [Point]) -> [Point] { points.compactMap(place) }

    func draw(on drawing: inout Drawing, xName: String) {
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            guard let up = y.position(of: value) else { continue }
            let height = bottom - up * (bottom - top)
            drawing.line(from: Point(left, height), to: Point(right, height), ink: .grid)
            drawing.text(label, x: left - 5, y: height + 3.6, size: Self.tickSize, anchor: .end, ink: .faintText)
        }
        drawing.line(from: Point(left, bottom), to: Point(right, bottom), ink: .axis)
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            guard let across = x.position(of: value) else { continue }
            let place = left + across * (right - left)
            drawing.line(from: Point(place, bottom), to: Point(place, bottom + 4), ink: .axis)
            let halfWidth = textWidth(label, size: Self.tickSize) / 2
            drawing.text(label, x: min(max(place, halfWidth + 4), right + 12 - halfWidth), y: bottom + 15, size: Self.tickSize, anchor: .middle, ink: .faintText)
        }
        drawing.text(xName, x: right, y: bottom + 28, size: Self.tickSize, anchor: .end, ink: .faintText)
    }

    /// Draws a vertical line over the whole height.
    func drawUpright(at value: Double, on drawing: inout Drawing, ink: Ink, dashes: String) {
        guard let across = x.position(of: value), (0...1).contains(across) else { return }
        let place = left + across * (right - left)
        drawing.line(from: Point(place, top), to: Point(place, bottom), ink: ink, dashes: dashes)
    }

    /// Draws a rectangle between two points.
    func drawBox(from low: Point, to high: Point, on drawing: inout Drawing, ink: Ink, opacity: Double = 1, note: String? = nil) {
        guard let start = place(low), let end = place(high) else { return }
        drawing.rectangle(x: start.x, y: end.y, width: max(0, end.x - start.x), height: max(0, start.y - end.y), ink: ink, opacity: opacity, note: note)
    }
}
