import NumberText

/// Confusion matrix: rows are true classes, columns are predictions. A cell is as dark as its share of the row.
public struct ConfusionMatrix: Sendable {
    public var title: String
    public var summary: String
    public var classes: [String]
    /// `[true class][predicted class]`.
    public var counts: [[Int]]

    /// Maximum number of classes for which cells show numbers; with more they would be unreadable.
    private static let numberedClassLimit = 16

    public init(_ title: String, summary: String, classes: [String], counts: [[Int]]) {
        precondition(counts.count == classes.count && counts.allSatisfy { $0.count == classes.count }, "a row and a column a class")
        self.title = title
        self.summary = summary
        self.classes = classes
        self.counts = counts
    }

    public var picture: Picture {
        let names = classes.map { shortened($0, to: 14) }
        let widest = names.map { textWidth($0) }.max() ?? 0
        let left = 30 + widest
        // Of few classes, cells are wide enough for the names above them.
        let size = min(max(56, widest + 8), max(4, (480 - left - 16) / Double(max(1, classes.count))))
        let top = 64.0
        let side = size * Double(classes.count)
        return Picture(title: title, summary: summary, width: 480, height: top + side + 12) { drawing in
            drawing.text(shortened(title, to: 60), x: 8, y: 17, size: 13, isBold: true)
            drawing.text("rows: what it is; columns: what the model says", x: 8, y: 31, size: 10.5, ink: .faintText)
            let every = max(1, Int((14 / size).rounded(.up)))
            for (place, name) in names.enumerated() where place % every == 0 {
                let middle = (Double(place) + 0.5) * size
                drawing.text(name, x: left - 7, y: top + middle + 4, anchor: .end)
                if textWidth(name) <= size * Double(every) { drawing.text(name, x: left + middle, y: top - 7, anchor: .middle) }
            }
            for row in counts.indices {
                for column in counts[row].indices { draw(row: row, column: column, size: size, left: left, top: top, on: &drawing) }
            }
        }
    }

    private func draw(row: Int, column: Int, size: Double, left: Double, top: Double, on drawing: inout Drawing) {
        let count = counts[row][column]
        let share = Double(count) / Double(max(1, counts[row].reduce(0, +)))
        let (x, y) = (left + Double(column) * size, top + Double(row) * size)
        // Empty cells are faint, not invisible.
        drawing.rectangle(
            x: x + 0.5, y: y + 0.5, width: size - 1, height: size - 1, ink: count == 0 ? .grid : .heat, opacity: count == 0 ? 0.5 : 0.12 + 0.88 * share,
            note: "\(classes[row]) taken for \(classes[column]): \(count), \(percentText(share, decimals: 1)) %")
        guard classes.count <= Self.numberedClassLimit else { return }
        drawing.text(
            fixed(Double(count), decimals: 0), x: x + size / 2, y: y + size / 2 + 4, size: size < 30 ? 8.5 : 11, anchor: .middle,
            ink: count == 0 ? .faintText : share > 0.5 ? .onHeat : .text)
    }
}
