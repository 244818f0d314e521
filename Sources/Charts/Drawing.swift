/// Builds SVG elements. Lengths are in the picture's units, from its top left corner.
struct Drawing {
    private(set) var markup = ""

    enum Anchor: String { case start, middle, end }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 11, anchor: Anchor = .start, ink: Ink = .text, isBold: Bool = false, isMonospaced: Bool = false,
        hasHalo: Bool = false
    ) {
        let weight = isBold ? " font-weight=\"600\"" : ""
        let family = isMonospaced ? " font-family=\"monospace\"" : " font-family=\"sans-serif\""
        let place = "x=\"\(coordinate(x))\" y=\"\(coordinate(y))\"" + (anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")
        markup += "<text class=\"f-\(ink.variable)\(isMonospaced ? " mono" : "")\" \(place) font-size=\"\(coordinate(size))\""
        // Text over curves gets an outline in the background colour.
        if hasHalo { markup += " style=\"paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round\"" }
        markup += "\(weight)\(family) fill=\"\(ink.lightColour)\">\(escaped(text))</text>"
    }

    mutating func line(from start: Point, to end: Point, ink: Ink, width: Double = 1, dashes: String? = nil) {
        markup += "<line x1=\"\(coordinate(start.x))\" y1=\"\(coordinate(start.y))\" x2=\"\(coordinate(end.x))\" y2=\"\(coordinate(end.y))\" "
        markup += stroke(ink, width: width, dashes: dashes) + "/>"
    }

    mutating func curve(_ points: [Point], ink: Ink, width: Double, opacity: Double = 1, dashes: String? = nil) {
        guard points.count > 1 else { return }
        markup += "<polyline fill=\"none\" stroke-linejoin=\"round\" stroke-linecap=\"round\" " + stroke(ink, width: width, dashes: dashes)
        markup += share(opacity, "stroke-opacity") + " points=\"\(list(points))\"/>"
    }

    mutating func area(_ points: [Point], ink: Ink, opacity: Double) {
        guard points.count > 2 else { return }
        markup += "<polygon \(fill(ink))\(share(opacity, "fill-opacity")) points=\"\(list(points))\"/>"
    }

    mutating func dot(_ point: Point, radius: Double, ink: Ink, opacity: Double = 1, note: String? = nil) {
        markup += "<circle cx=\"\(coordinate(point.x))\" cy=\"\(coordinate(point.y))\" r=\"\(coordinate(radius))\" \(fill(ink))"
        markup += share(opacity, "fill-opacity") + end(of: "circle", note: note)
    }

    /// Draws many dots as one element: a path of zero-length lines with round ends.
    mutating func dots(_ points: [Point], radius: Double, ink: Ink, opacity: Double = 1) {
        guard !points.isEmpty else { return }
        let path = points.map { "M\(coordinate($0.x)),\(coordinate($0.y))h0" }.joined()
        markup += "<path fill=\"none\" stroke-linecap=\"round\" \(stroke(ink, width: 2 * radius, dashes: nil))\(share(opacity, "stroke-opacity")) d=\"\(path)\"/>"
    }

    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, ink: Ink, opacity: Double = 1, note: String? = nil) {
        markup += "<rect x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" width=\"\(coordinate(width))\" height=\"\(coordinate(height))\" \(fill(ink))"
        markup += share(opacity, "fill-opacity") + end(of: "rect", note: note)
    }

    // MARK: Parts of elements

    private func fill(_ ink: Ink) -> String { "class=\"f-\(ink.variable)\" fill=\"\(ink.lightColour)\"" }

    private func stroke(_ ink: Ink, width: Double, dashes: String?) -> String {
        "class=\"s-\(ink.variable)\" stroke=\"\(ink.lightColour)\" stroke-width=\"\(coordinate(width))\"" + (dashes.map { " stroke-dasharray=\"\($0)\"" } ?? "")
    }

    private func share(_ opacity: Double, _ attribute: String) -> String {
        let hundredths = Int((min(1, max(0, opacity)) * 100).rounded())
        guard hundredths < 100 else { return "" }
        return " \(attribute)=\"0.\(hundredths < 10 ? "0" : "")\(hundredths)\""
    }

    /// Closes an element. `note` is its tooltip.
    private func end(of element: String, note: String?) -> String {
        note.map { "><title>\(escaped($0))</title></\(element)>" } ?? "/>"
    }

    private func list(_ points: [Point]) -> String {
        points.map { "\(coordinate($0.x)),\(coordinate($0.y))" }.joined(separator: " ")
    }
}

/// A length rounded to a tenth, in few characters: "12", "12.5".
package func coordinate(_ length: Double) -> String {
    let tenths = Int((max(-1e6, min(1e6, length)) * 10).rounded())
    let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
}

/// The approximate width of a text of that size, since the viewer's font is unknown.
func textWidth(_ text: String, size: Double = 11) -> Double { Double(text.count) * size * 0.58 }

/// Wraps a text into lines of at most `width`; a longer single word gets its own line.
func lines(of text: String, size: Double, width: Double) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
        if let last = lines.last, textWidth(last + " " + word, size: size) <= width { lines[lines.count - 1] = last + " " + word } else { lines.append(String(word)) }
    }
}
