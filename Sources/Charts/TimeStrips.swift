import NumberText

/// Strips over a common time axis, one below the other: curves, and heat map rows whose cells are darker the closer they are to 1.
/// Each time step may have a label, such as a symbol of a text, shown above and below.
public struct TimeStrips: Sendable {
    public struct Strip: Sendable {
        public var title: String
        /// Shown after the title, fainter.
        public var note: String
        /// Curves over a common scale: names and values, one per time step.
        public var curves: [(name: String, values: [Double])]
        /// Heat map rows: names and values from 0 to 1, one per time step.
        public var rows: [(name: String, values: [Double])]

        public init(_ title: String, note: String = "", curves: [(name: String, values: [Double])] = [], rows: [(name: String, values: [Double])] = []) {
            self.title = title
            self.note = note
            self.curves = curves
            self.rows = rows
        }
    }

    public var title: String
    public var subtitle: String
    public var summary: String
    /// One label per time step, or empty.
    public var names: [String]
    public var timeCount: Int
    public var strips: [Strip]

    public init(_ title: String, subtitle: String, summary: String, names: [String], timeCount: Int, strips: [Strip]) {
        self.title = title
        self.subtitle = subtitle
        self.summary = summary
        self.names = names
        self.timeCount = timeCount
        self.strips = strips
    }

    private static let left = 62.0
    private static let curveHeight = 46.0
    private static let rowHeight = 11.0
    private static let titleHeight = 19.0
    private static let subtitleSize = 10.5
    private static let subtitleLineHeight = 14.0
    /// Width visible on a phone, for wrapping subtitles of wider pictures.
    private static let subtitleWidth = 328.0

    private var cellWidth: Double { names.isEmpty ? min(12, max(2, 800 / Double(max(1, timeCount)))) : 11 }
    private var plotWidth: Double { cellWidth * Double(timeCount) }

    private func height(of strip: Strip) -> Double {
        Self.titleHeight + (strip.curves.isEmpty ? 0 : Self.curveHeight + 2) + Double(strip.rows.count) * (Self.rowHeight + 1) + 10
    }

    public var picture: Picture {
        let nameHeight = names.isEmpty ? 0.0 : 18
        let width = max(480, Self.left + plotWidth + 16, (strips.map(headingWidth).max() ?? 0) + 8)
        let subtitleLines = lines(of: subtitle, size: Self.subtitleSize, width: Self.subtitleWidth)
        let top = 28 + Double(subtitleLines.count) * Self.subtitleLineHeight + nameHeight
        let stripsHeight = strips.map(height).reduce(0, +)
        return Picture(title: title, summary: summary, width: width, height: top + stripsHeight + 32) { drawing in
            drawing.text(shortened(title, to: Int(width / 8)), x: 8, y: 17, size: 13, isBold: true)
            for (place, line) in subtitleLines.enumerated() {
                drawing.text(line, x: 8, y: 32 + Double(place) * Self.subtitleLineHeight, size: Self.subtitleSize, ink: .faintText)
            }
            drawNames(at: top - 6, on: &drawing)
            var y = top
            for strip in strips {
                draw(strip, top: y, on: &drawing)
                y += height(of: strip)
            }
            drawNames(at: y + 8, on: &drawing)
            drawTicks(at: y + (names.isEmpty ? 4 : 22), on: &drawing)
        }
    }

    private func middle(ofTime time: Int) -> Double { Self.left + (Double(time) + 0.5) * cellWidth }

    private func drawNames(at y: Double, on drawing: inout Drawing) {
        for (time, name) in names.enumerated() {
            drawing.text(name, x: middle(ofTime: time), y: y, size: 11, anchor: .middle, isMonospaced: true)
        }
    }

    private func drawTicks(at y: Double, on drawing: inout Drawing) {
        let scale = Scale(.linear, from: 0, to: Double(max(1, timeCount - 1)))
        let ticks = Ticks(scale, count: max(2, Int(plotWidth / 60)), areWhole: true)
        for (value, label) in zip(ticks.values, ticks.labels) where Int(value) < timeCount {
            drawing.text(label, x: middle(ofTime: Int(value)), y: y + 8, size: 9.5, anchor: .middle, ink: .faintText)
        }
        drawing.text("time step", x: Self.left - 8, y: y + 8, size: 9.5, anchor: .end, ink: .faintText)
    }

    private func draw(_ strip: Strip, top: Double, on drawing: inout Drawing) {
        drawing.text(strip.title, x: 8, y: top + 12, size: 11.5, isBold: true)
        drawing.text(strip.note, x: 16 + textWidth(strip.title, size: 12.5), y: top + 12, size: 10.5, ink: .faintText)
        if strip.curves.count > 1 { drawNames(of: strip, y: top, on: &drawing) }
        var y = top + Self.titleHeight
        if !strip.curves.isEmpty {
            draw(strip.curves, top: y, on: &drawing)
            y += Self.curveHeight + 2
        }
        for row in strip.rows {
            drawing.text(row.name, x: Self.left - 8, y: y + 9, size: 9.5, anchor: .end, ink: .faintText)
            drawing.rectangle(x: Self.left, y: y, width: plotWidth, height: Self.rowHeight, ink: .grid, opacity: 0.5)
            for (time, value) in row.values.enumerated() where value >= 0.02 {
                drawing.rectangle(
                    x: Self.left + Double(time) * cellWidth, y: y, width: cellWidth - (cellWidth > 4 ? 0.6 : 0), height: Self.rowHeight, ink: .heat,
                    opacity: value, note: note(row.name, value, time: time))
            }
            y += Self.rowHeight + 1
        }
    }

    /// The tooltip of a cell; none if the picture has so many cells that it would become too large.
    private func note(_ name: String, _ value: Double, time: Int) -> String? {
        guard timeCount <= 250 else { return nil }
        return "\(name) at step \(time)\(names.isEmpty ? "" : ", " + names[time]): \(fixed(value, decimals: 2))"
    }

    /// Draws the curves' names after title and note.
    private func drawNames(of strip: Strip, y: Double, on drawing: inout Drawing) {
        legend(of: strip).draw(on: &drawing, x: noteEnd(of: strip) + 14, y: y)
    }

    private func legend(of strip: Strip) -> Legend {
        let entries = strip.curves.enumerated().map { Legend.Entry(name: shortened($1.name, to: 20), ink: .series($0), mark: .line(dashes: nil)) }
        return Legend(entries, width: .infinity)
    }

    private func noteEnd(of strip: Strip) -> Double { 16 + textWidth(strip.title, size: 12.5) + textWidth(strip.note, size: 10.5) }

    private func headingWidth(of strip: Strip) -> Double { noteEnd(of: strip) + (strip.curves.count > 1 ? 14 + legend(of: strip).width : 0) }

    private func draw(_ curves: [(name: String, values: [Double])], top: Double, on drawing: inout Drawing) {
        let values = curves.flatMap(\.values)
        let scale = Scale(.linear, over: values + [0], isRoomy: true)
        func height(_ value: Double) -> Double { top + Self.curveHeight * (1 - (scale.position(of: value) ?? 0)) }
        drawing.line(from: Point(Self.left, height(0)), to: Point(Self.left + plotWidth, height(0)), ink: .axis, width: 0.8)
        let ends = [values.max() ?? 0, values.min() ?? 0]
        // Omits the 0 if its label would overlap an end's.
        for value in ends + (ends.allSatisfy { abs(height($0) - height(0)) > 11 } ? [0] : []) {
            drawing.text(figure(value, digits: 2), x: Self.left - 8, y: min(top + Self.curveHeight, max(top + 7, height(value) + 3)), size: 9, anchor: .end, ink: .faintText)
        }
        for (index, curve) in curves.enumerated() {
            let points = curve.values.enumerated().compactMap { time, value in
                scale.position(of: value).map { _ in Point(middle(ofTime: time), height(value)) }
            }
            if curves.count == 1 {
                let (first, last) = (points.first?.x ?? 0, points.last?.x ?? 0)
                drawing.area([Point(first, height(0))] + points + [Point(last, height(0))], ink: .series(1), opacity: 0.2)
            }
            drawing.curve(points, ink: .series(curves.count == 1 ? 1 : index), width: 1.5)
        }
    }
}
