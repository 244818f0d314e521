import NumberText

/// Histogram of values in equally wide bins.
public struct Histogram: Sendable {
    public var title: String
    public var summary: String
    /// Name of the values.
    public var name: String
    public var values: [Double]
    public var width = 480.0
    public var height = 190.0

    public init(_ title: String, summary: String, name: String, values: [Double]) {
        self.title = title
        self.summary = summary
        self.name = name
        self.values = values
    }

    /// The bins' bounds, one more than counts, and the count in each bin; a value on a bound counts in the bin above it, on the last bound below it.
    package static func bins(of values: [Double], count: Int) -> (bounds: [Double], counts: [Int]) {
        let scale = Scale(.linear, over: values, isRoomy: false)
        let size = (scale.upper - scale.lower) / Double(count)
        var counts = [Int](repeating: 0, count: count)
        for value in values {
            guard let place = scale.position(of: value) else { continue }
            counts[min(count - 1, max(0, Int(place * Double(count))))] += 1
        }
        return ((0...count).map { scale.lower + Double($0) * size }, counts)
    }

    public var picture: Picture {
        let (bounds, counts) = Self.bins(of: values, count: min(40, max(8, Int(Double(values.count).squareRoot()))))
        let top = 42.0
        return Picture(title: title, summary: summary, width: width, height: top + height + Frame.footHeight) { drawing in
            drawing.text(shortened(title, to: 60), x: 8, y: 17, size: 13, isBold: true)
            drawing.text("how often", x: 8, y: 31, size: 10.5, ink: .faintText)
            let highest = Double(max(1, counts.max() ?? 1))
            let frame = Frame(
                x: Scale(.linear, over: bounds, isRoomy: false), y: Scale(.linear, from: 0, to: highest * 1.05), xAxis: Axis(name),
                yAxis: Axis("", areWhole: true), width: width, top: top, height: height)
            frame.draw(on: &drawing, xName: name)
            for (place, count) in counts.enumerated() where count > 0 {
                frame.drawBox(
                    from: Point(bounds[place], 0), to: Point(bounds[place + 1], Double(count)), on: &drawing, ink: .series(0), opacity: 0.75,
                    note: "\(figure(bounds[place])) to \(figure(bounds[place + 1])): \(count)")
            }
        }
    }
}
