/// A finished chart: SVG for a page, or as a separate file.
public struct Picture: Sendable {
    public let title: String
    /// A description in one sentence, for screen readers.
    public let summary: String
    public let width: Double
    public let height: Double
    private let content: String

    init(title: String, summary: String, width: Double, height: Double, draw: (inout Drawing) -> Void) {
        self.title = title
        self.summary = summary
        self.width = width
        self.height = height
        var drawing = Drawing()
        draw(&drawing)
        content = drawing.markup
    }

    /// SVG for a page that has ``Palette/rules`` and ``Palette/variables(of:)``.
    /// - Parameter id: an id that is unique in the page.
    public func inline(id: String) -> String {
        element(
            attributes: "role=\"img\" aria-labelledby=\"\(escaped(id))-t \(escaped(id))-d\" style=\"max-width:\(coordinate(width * 1.45))px\"", titleID: "\(id)-t",
            summaryID: "\(id)-d", style: "")
    }

    /// The second line of our SVG files, used to recognise them.
    private static let fileMark = "<!-- drawn by lstm-train -->"

    /// Whether a file that begins with these bytes is one of our SVG files.
    public static func isOurs(_ beginning: [UInt8]) -> Bool { String(decoding: beginning.prefix(200), as: UTF8.self).contains(fileMark) }

    /// A self-contained SVG file.
    public var file: String {
        let style = "<style>\(Palette.variables(of: "svg"))\(Palette.rules)</style>"
        let background = "<rect class=\"f-paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(Self.fileMark)\n"
            + element(
                attributes: "xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\" width=\"\(coordinate(width * 1.5))\" height=\"\(coordinate(height * 1.5))\"",
                titleID: "t", summaryID: "d", style: style + background)
            + "\n"
    }

    private func element(attributes: String, titleID: String, summaryID: String, style: String) -> String {
        "<svg \(attributes) viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\"><title id=\"\(escaped(titleID))\">\(escaped(title))</title>"
            + "<desc id=\"\(escaped(summaryID))\">\(escaped(summary))</desc>\(style)\(content)</svg>"
    }
}
