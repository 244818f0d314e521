import NumberText

/// Stacked bar chart: one bar per item, made of parts that add up, such as a rank's seconds by phase.
public struct StackedBars: Sendable {
    public struct Bar: Sendable {
        public var name: String
        /// One per part, none negative.
        public var sizes: [Double]

        public init(_ name: String, _ sizes: [Double]) {
            self.name = name
            self.sizes = sizes
        }
    }

    public var title: String
    public var summary: String
    /// The unit of sizes, shown under the axis.
    public var unit: String
    public var parts: [String]
    public var bars: [Bar]
    public var width = 480.0

    public init(_ title: String, summary: String, unit: String, parts: [String], bars: [Bar]) {
        self.title = title
        self.summary = summary
        self.unit = unit
        self.parts = parts
        self.bars = bars
    }

    private static let barHeight = 16.0
    private static let barDistance = 23.0
    /// Maximum number of bars drawn; a cluster may have more ranks than fit on a page.
    public static let barLimit = 64
    /// Parts beyond the palette's colours repeat them, fainter.
    private static func opacity(ofPart part: Int) -> Double { part < Palette.seriesCount ? 0.9 : 0.45 }

    public var picture: Picture {
        let shown = Array(bars.prefix(Self.barLimit))
        let entries = parts.enumerated().map { part, name in
            Legend.Entry(name: name, ink: .series(part), mark: .box(opacity: Self.opacity(ofPart: part)))
        }
        let legend = Legend(entries, width: width - 16)
        let top = 24 + legend.height + 8
        let length = Double(shown.count) * Self.barDistance + 4
        return Picture(title: title, summary: summary, width: width, height: top + length + Frame.footHeight) { drawing in
            drawing.text(shortened(title, to: 60), x: 8, y: 17, size: 13, isBold: true)
            legend.draw(on: &drawing, x: 8, y: 24)
            draw(shown, top: top, length: length, on: &drawing)
        }
    }

    private func draw(_ bars: [Bar], top: Double, length: Double, on drawing: inout Drawing) {
        let totals = bars.map { $0.sizes.reduce(0, +) }
        let scale = Scale(.linear, from: 0, to: max(totals.filter(\.isFinite).max() ?? 1, 1e-9) * 1.02)
        let names = bars.map { shortened($0.name, to: 24) }
        let left = 14 + (names.map { textWidth($0) }.max() ?? 0)
        let right = width - 16
        let bottom = top + length
        let ticks = Ticks(scale, count: max(2, Int((right - left) / 70)))
        for (value, label) in zip(ticks.values, ticks.labels) {
            let x = left + (scale.position(of: value) ?? 0) * (right - left)
            drawing.line(from: Point(x, top), to: Point(x, bottom), ink: .grid)
            drawing.text(label, x: x, y: bottom + 15, size: 10.5, anchor: .middle, ink: .faintText)
        }
        for (row, bar) in bars.enumerated() {
            let y = top + 4 + Double(row) * Self.barDistance
            drawing.text(names[row], x: left - 6, y: y + 12, anchor: .end)
            var begin = 0.0
            for (part, size) in bar.sizes.enumerated() where size > 0 && size.isFinite {
                let (start, end) = (scale.position(of: begin) ?? 0, scale.position(of: begin + size) ?? 0)
                let share = fixed(100 * size / max(totals[row], 1e-300), decimals: 1)
                drawing.rectangle(
                    x: left + start * (right - left), y: y, width: (end - start) * (right - left), height: Self.barHeight, ink: .series(part),
                    opacity: Self.opacity(ofPart: part), note: "\(bar.name), \(parts[part]): \(figure(size)) \(unit), \(share) %")
                begin += size
            }
        }
        drawing.line(from: Point(left, top), to: Point(left, bottom), ink: .axis)
        drawing.text(unit, x: right, y: bottom + 28, size: 10.5, anchor: .end, ink: .faintText)
    }
}
