public import Charts

/// Builds a self-contained HTML page: no script, no font, no external picture; its content security policy forbids them too.
/// It is well-formed XML, so that tests can parse it.
struct Page {
    /// The command that makes it.
    enum Kind: String {
        case report, gates

        /// Identifies a file as one of ours.
        var mark: String { "<meta name=\"generator\" content=\"lstm-train \(rawValue)\"/>" }
    }

    static let contentPolicy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>"

    let title: String
    private let kind: Kind
    private(set) var pictures: [NamedPicture] = []
    private var body = ""
    private var contents: [(id: String, title: String)] = []

    init(title: String, kind: Kind = .report) {
        self.title = title
        self.kind = kind
    }

    var html: String {
        let links = contents.map { "<a href=\"#\($0.id)\">\(escaped($0.title))</a>" }.joined()
        return """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"/>\(kind.mark)<title>\(escaped(title))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1"/><meta name="color-scheme" content="light dark"/>
            \(Self.contentPolicy)
            <style>\(Palette.variables(of: ":root"))\(Palette.rules)\(PageStyle.rules)</style></head>
            <body>\(links.isEmpty ? "" : "<nav aria-label=\"contents\">\(links)</nav>")<main>
            \(body)
            </main></body></html>

            """
    }

    // MARK: Parts

    mutating func heading(_ text: String, below: String) {
        body += "<header><h1>\(escaped(text))</h1><p>\(escaped(below))</p></header>\n"
    }

    mutating func section(_ title: String, id: String, write: (inout Page) -> Void) {
        contents.append((id, title))
        body += "<section id=\"\(id)\"><h2>\(escaped(title))</h2>\n"
        write(&self)
        body += "</section>\n"
    }

    mutating func paragraph(_ text: String) { body += "<p>\(escaped(text))</p>\n" }

    /// Adds a note on what is missing or unusual, and why.
    mutating func warning(_ text: String) { body += "<p class=\"warning\" role=\"note\">\(escaped(text))</p>\n" }

    /// Adds names with their values; a value may have a second line.
    mutating func facts(_ facts: [Fact]) {
        let items = facts.map { fact in
            let below = fact.below.isEmpty ? "" : "<dd class=\"below\">\(escaped(fact.below))</dd>"
            return "<div\(fact.isWide ? " class=\"wide\"" : "")><dt>\(escaped(fact.name))</dt><dd>\(escaped(fact.value))</dd>\(below)</div>"
        }
        body += "<dl class=\"facts\">\(items.joined())</dl>\n"
    }

    /// Adds pictures side by side, as many as fit.
    mutating func grid(_ write: (inout Page) -> Void) {
        body += "<div class=\"grid\">"
        write(&self)
        body += "</div>\n"
    }

    mutating func picture(_ name: String, _ picture: Picture) {
        pictures.append(NamedPicture(name: name, picture: picture))
        body += "<figure>\(picture.inline(id: name))</figure>\n"
    }

    /// Adds alternative pictures, of which the reader selects one; without a style sheet, and in print, all are visible.
    mutating func choice(_ name: String, _ views: [(label: String, picture: Picture)]) {
        guard views.count > 1 else { return views.forEach { picture(name, $0.picture) } }
        precondition(views.count <= PageStyle.viewLimit, "\(views.count) views")
        let style = views.count > PageStyle.narrowViewLimit ? "choice many" : "choice"
        body += "<figure class=\"\(style)\" role=\"group\" aria-label=\"\(escaped(views[0].picture.title))\">"
        for (place, view) in views.enumerated() {
            let id = "\(name)-view-\(place)"
            body += "<input type=\"radio\" name=\"\(name)\" id=\"\(id)\"\(place == 0 ? " checked=\"checked\"" : "")/><label for=\"\(id)\">\(escaped(view.label))</label>"
        }
        for (place, view) in views.enumerated() {
            let pictureName = place == 0 ? name : name + "-" + fileName(view.label)
            pictures.append(NamedPicture(name: pictureName, picture: view.picture))
            body += "<div class=\"view view-\(place)\">\(view.picture.inline(id: pictureName))</div>"
        }
        body += "</figure>\n"
    }

    /// Adds a picture that may be wider than the page, in its own size with horizontal scrolling; one of usual width fits itself to the page.
    mutating func widePicture(_ name: String, _ picture: Picture) {
        guard picture.width > 480 else { return self.picture(name, picture) }
        pictures.append(NamedPicture(name: name, picture: picture))
        body += "<figure class=\"wide\" tabindex=\"0\"><div style=\"min-width:\(Int(picture.width))px\">\(picture.inline(id: name))</div></figure>\n"
    }

    mutating func table(_ table: Table) {
        let header = table.columns.map { "<th scope=\"col\"\($0.isNumber ? " class=\"number\"" : "")>\(escaped($0.name))</th>" }.joined()
        let rows = table.rows.map { row in
            let cells = zip(row.cells, table.columns).enumerated().map { place, pair in
                let (cell, column) = pair
                let classes = [column.isNumber ? "number" : "", column.isCode ? "code" : "", column.isProse ? "prose" : "", cell.isMarked ? "marked" : ""].filter { !$0.isEmpty }
                let attributes = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
                return place == 0
                    ? "<th scope=\"row\"\(attributes)>\(escaped(cell.text))</th>" : "<td\(attributes)>\(escaped(cell.text))</td>"
            }
            return "<tr\(row.isStrong ? " class=\"strong\"" : "")>\(cells.joined())</tr>"
        }
        body += "<div class=\"table\" tabindex=\"0\"><table><thead><tr>\(header)</tr></thead><tbody>\(rows.joined())</tbody></table></div>\n"
    }

    /// Adds preformatted text with a name above it. Its direction marks have no effect outside it.
    mutating func sample(_ name: String, _ text: String) {
        body += "<figure class=\"sample\"><figcaption>\(escaped(name))</figcaption><pre>\(escaped(text))</pre></figure>\n"
    }
}

/// `text` in lower-case letters, digits and dashes.
func fileName(_ text: String) -> String {
    text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
}

/// A picture and the name of its file, without an extension.
public struct NamedPicture: Sendable {
    public let name: String
    public let picture: Picture
}

/// A name and its value.
struct Fact {
    var name: String
    var value: String
    var below = ""
    var isWide = false
}

struct Table {
    struct Column {
        var name: String
        var isNumber = false
        var isCode = false
        /// Whether the value is sentences, which need more width.
        var isProse = false
    }

    struct Cell: ExpressibleByStringLiteral {
        var text: String
        var isMarked = false

        init(_ text: String, isMarked: Bool = false) {
            self.text = text
            self.isMarked = isMarked
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    struct Row {
        var cells: [Cell]
        var isStrong = false
    }

    var columns: [Column]
    var rows: [Row]
}
