/// Drawings of a pen, in cells side by side, each as large as its cell has room.
public struct StrokeDrawings: Sendable {
    public let title: String
    public let summary: String
    /// Of each drawing its strokes, and of each their points; y goes down.
    public let drawings: [[[Point]]]

    /// Cells of a row at most, and the side of a cell.
    private static let (columnLimit, side) = (8, 60.0)
    private static let margin = 7.0

    public init(_ title: String, summary: String, drawings: [[[Point]]]) {
        (self.title, self.summary, self.drawings) = (title, summary, drawings)
    }

    /// The strokes of points that are offsets from each other, each with its pen: 1 where it is lifted after the point. A stroke begins at the point to which the pen was
    /// moved.
    public static func strokes(ofOffsets points: [[Double]]) -> [[Point]] {
        var (place, stroke, strokes) = (Point(0, 0), [Point](), [[Point]]())
        for point in points where point.count >= 3 {
            place = Point(place.x + point[0], place.y + point[1])
            stroke.append(place)
            guard point[2] > 0.5 else { continue }
            strokes.append(stroke)
            stroke = []
        }
        return stroke.isEmpty ? strokes : strokes + [stroke]
    }

    public var picture: Picture {
        let columns = max(1, min(Self.columnLimit, drawings.count))
        let rows = max(1, (drawings.count + columns - 1) / columns)
        let top = title.isEmpty ? 0.0 : 26
        return Picture(
            title: title.isEmpty ? summary : title, summary: summary, width: max(Double(columns) * Self.side, textWidth(title, size: 13) + 16), height: top + Double(rows) * Self.side
        ) { drawing in
            if !title.isEmpty { drawing.text(title, x: 8, y: 17, size: 13, isBold: true) }
            for (place, strokes) in drawings.enumerated() {
                let (row, column) = place.quotientAndRemainder(dividingBy: columns)
                draw(strokes, left: Double(column) * Self.side, top: top + Double(row) * Self.side, on: &drawing)
            }
        }
    }

    private func draw(_ strokes: [[Point]], left: Double, top: Double, on drawing: inout Drawing) {
        let points = strokes.flatMap(\.self)
        guard let first = points.first else { return }
        let x = points.reduce((first.x, first.x)) { (min($0.0, $1.x), max($0.1, $1.x)) }
        let y = points.reduce((first.y, first.y)) { (min($0.0, $1.y), max($0.1, $1.y)) }
        let room = Self.side - 2 * Self.margin
        let scale = room / max(x.1 - x.0, y.1 - y.0, 1e-12)
        // In the middle of the cell.
        let (startX, startY) = (left + (Self.side - scale * (x.1 - x.0)) / 2, top + (Self.side - scale * (y.1 - y.0)) / 2)
        for stroke in strokes {
            let placed = stroke.map { Point(startX + ($0.x - x.0) * scale, startY + ($0.y - y.0) * scale) }
            if placed.count == 1 { drawing.dot(placed[0], radius: 0.8, ink: .text) } else { drawing.curve(placed, ink: .text, width: 1.4) }
        }
    }
}
