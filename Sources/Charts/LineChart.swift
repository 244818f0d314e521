/// A line chart: series of points over common axes, as curves, dots, bands between two curves, and marks.
public struct LineChart: Sendable {
    public struct Series: Sendable {
        public enum Style: Sendable, Equatable {
            case line
            /// A faint line, for raw values behind their smoothed ones. Not in the legend.
            case faint
            /// Dots joined by a line.
            case dottedLine
            case dots
        }

        public var name: String
        public var points: [Point]
        public var style: Style
        /// Index in the palette.
        public var colour: Int

        public init(_ name: String, _ points: [Point], style: Style = .line, colour: Int) {
            self.name = name
            self.points = points
            self.style = style
            self.colour = colour
        }
    }

    /// The area between two curves.
    public struct Band: Sendable {
        public var name: String
        public var lower: [Point]
        public var upper: [Point]
        public var colour: Int

        public init(_ name: String, lower: [Point], upper: [Point], colour: Int) {
            self.name = name
            self.lower = lower
            self.upper = upper
            self.colour = colour
        }
    }

    /// An annotated point.
    public struct Remark: Sendable {
        public var point: Point
        public var text: String

        public init(_ point: Point, _ text: String) {
            self.point = point
            self.text = text
        }
    }

    public var title: String
    public var summary: String
    public var x: Axis
    public var y: Axis
    public var series: [Series]
    public var bands: [Band] = []
    public var remarks: [Remark] = []
    /// Vertical lines at these x, with a common name.
    public var uprights: (name: String, places: [Double]) = ("", [])
    public var width = 480.0
    public var height = 190.0

    public init(_ title: String, summary: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.summary = summary
        self.x = x
        self.y = y
        self.series = series
    }

    /// Maximum number of points of all series of a chart; more would make a page slow without a visible difference.
    static let pointLimit = 6000
    /// Dash patterns that distinguish lines once colours repeat.
    private static let dashes: [String?] = [nil, "6 3", "2 3", "8 3 2 3"]

    public var picture: Picture {
        let legend = Legend(legendEntries, width: width - 16)
        let top = 36 + legend.height + 10
        return Picture(title: title, summary: summary, width: width, height: top + height + Frame.footHeight) { drawing in
            drawing.text(shortened(title, to: 60), x: 8, y: 17, size: 13, isBold: true)
            drawing.text(y.name, x: 8, y: 31, size: 10.5, ink: .faintText)
            legend.draw(on: &drawing, x: 8, y: 36)
            let frame = frame(top: top)
            frame.draw(on: &drawing, xName: x.name)
            draw(in: frame, on: &drawing)
        }
    }

    private var thinnedSeries: [Series] {
        let bucketCount = max(20, Self.pointLimit / max(1, series.count) / 2)
        return series.map { series in
            var series = series
            series.points = thinned(series.points, bucketCount: bucketCount)
            return series
        }
    }

    private func frame(top: Double) -> Frame {
        let bandPoints = bands.flatMap { $0.lower + $0.upper }
        let xValues = series.flatMap { $0.points.map(\.x) } + bandPoints.map(\.x) + x.included
        let yValues = series.flatMap { $0.points.map(\.y) } + bandPoints.map(\.y) + y.included
        return Frame(
            x: Scale(x.kind, over: xValues, isRoomy: false), y: Scale(y.kind, over: yValues, isRoomy: true), xAxis: x, yAxis: y, width: width, top: top,
            height: height)
    }

    private func draw(in frame: Frame, on drawing: inout Drawing) {
        for place in uprights.places.prefix(200) { frame.drawUpright(at: place, on: &drawing, ink: .marker, dashes: "2 2") }
        for band in bands {
            let (lower, upper) = (thinned(band.lower, bucketCount: 500), thinned(band.upper, bucketCount: 500))
            drawing.area(frame.places(lower) + frame.places(upper).reversed(), ink: .series(band.colour), opacity: 0.22)
        }
        for series in thinnedSeries {
            let places = frame.places(series.points)
            switch series.style {
            case .line: drawing.curve(places, ink: .series(series.colour), width: 1.8, dashes: Self.dashes(of: series))
            case .faint: drawing.curve(places, ink: .series(series.colour), width: 1, opacity: 0.35)
            case .dottedLine:
                drawing.curve(places, ink: .series(series.colour), width: 1.6, dashes: Self.dashes(of: series))
                if places.count <= 60 { drawing.dots(places, radius: 2.6, ink: .series(series.colour)) }
            case .dots: drawing.dots(places, radius: 1.6, ink: .series(series.colour), opacity: 0.5)
            }
            // A single point has no line, so it is drawn as a dot.
            if places.count == 1 { drawing.dot(places[0], radius: 3, ink: .series(series.colour)) }
        }
        for remark in remarks { draw(remark, in: frame, on: &drawing) }
    }

    /// Draws a ring around the point, with the text on the side that has room.
    private func draw(_ remark: Remark, in frame: Frame, on drawing: inout Drawing) {
        guard let place = frame.place(remark.point) else { return }
        drawing.dot(place, radius: 5, ink: .text, note: remark.text)
        drawing.dot(place, radius: 3, ink: .background)
        let isAtRight = place.x > width * 0.6
        let y = place.y < 60 ? place.y + 16 : place.y - 9
        drawing.text(remark.text, x: place.x + (isAtRight ? -2 : 2), y: y, anchor: isAtRight ? .end : .start, hasHalo: true)
    }

    private static func dashes(of series: Series) -> String? { dashes[series.colour / Palette.seriesCount % dashes.count] }

    private var legendEntries: [Legend.Entry] {
        var entries = series.filter { $0.style != .faint }.map { series in
            let mark: Legend.Entry.Mark = series.style == .dots ? .dot : .line(dashes: Self.dashes(of: series))
            return Legend.Entry(name: shortened(series.name, to: 44), ink: .series(series.colour), mark: mark)
        }
        entries += bands.map { Legend.Entry(name: $0.name, ink: .series($0.colour), mark: .box(opacity: 0.22)) }
        if !uprights.places.isEmpty { entries.append(Legend.Entry(name: uprights.name, ink: .marker, mark: .upright)) }
        return entries
    }
}
