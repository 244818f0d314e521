/// A legend: names with their colours, in as many lines as needed.
struct Legend {
    struct Entry {
        enum Mark { case line(dashes: String?), dot, box(opacity: Double), upright }
        let name: String
        let ink: Ink
        let mark: Mark
    }

    private static let lineHeight = 15.0
    private static let markWidth = 16.0
    private static let gap = 14.0

    private let places: [(entry: Entry, x: Double, line: Int)]

    init(_ entries: [Entry], width: Double) {
        var places: [(entry: Entry, x: Double, line: Int)] = []
        var (x, line) = (0.0, 0)
        for entry in entries {
            let entryWidth = Self.markWidth + 4 + textWidth(entry.name)
            if x > 0, x + entryWidth > width { (x, line) = (0, line + 1) }
            places.append((entry, x, line))
            x += entryWidth + Self.gap
        }
        self.places = places
    }

    /// Width of the longest line.
    var width: Double { places.map { $0.x + Self.markWidth + 4 + textWidth($0.entry.name) }.max() ?? 0 }

    var height: Double { Double((places.last?.line ?? -1) + 1) * Self.lineHeight }

    func draw(on drawing: inout Drawing, x: Double, y: Double) {
        for (entry, offset, line) in places {
            let left = x + offset
            let middle = y + (Double(line) + 0.5) * Self.lineHeight
            switch entry.mark {
            case .line(let dashes):
                drawing.line(from: Point(left, middle), to: Point(left + Self.markWidth, middle), ink: entry.ink, width: 2, dashes: dashes)
            case .dot: drawing.dot(Point(left + Self.markWidth / 2, middle), radius: 3.5, ink: entry.ink)
            case .box(let opacity): drawing.rectangle(x: left + 2, y: middle - 5, width: 12, height: 10, ink: entry.ink, opacity: opacity)
            case .upright:
                drawing.line(from: Point(left + Self.markWidth / 2, middle - 6), to: Point(left + Self.markWidth / 2, middle + 6), ink: entry.ink, dashes: "2 2")
            }
            drawing.text(entry.name, x: left + Self.markWidth + 4, y: middle + 4, ink: .faintText)
        }
    }
}
