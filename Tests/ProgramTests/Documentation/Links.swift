import Foundation

/// The links of a document to files and headings; those with a scheme, such as https, are ignored.
struct Links {
    struct Link {
        let target: String
        /// From 1.
        let line: Int
    }

    let relative: [Link]
    private let document: Document

    init(_ document: Document) {
        self.document = document
        var links: [Link] = []
        for (place, line) in Self.prose(document.text).enumerated() {
            for match in line.matches(of: #/\]\(([^()\s]+)\)|<(doc:[^>\s]+)>/#) {
                let target = String(match.1 ?? match.2 ?? "")
                if target.firstMatch(of: #/^(https?|mailto):/#) == nil { links.append(Link(target: target, line: place + 1)) }
            }
        }
        relative = links
    }

    /// Each link without a target, with its line and the reason.
    func faults() -> [String] {
        relative.compactMap { link in fault(link.target).map { "\(document.name):\(link.line): \(link.target): \($0)" } }
    }

    private func fault(_ target: String) -> String? {
        // launch/docs converts links to files into DocC's links; on the repository's web page only links to files work.
        if target.hasPrefix("doc:") { return "link to the article's file" }
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let file = document.folder.appending(path: parts[0]).standardizedFileURL
        guard parts[0].isEmpty || FileManager.default.fileExists(atPath: file.path) else { return "there is no such file" }
        guard parts.count > 1 else { return nil }
        guard let text = parts[0].isEmpty ? document.text : try? String(contentsOf: file, encoding: .utf8) else { return "the file has no headings" }
        return Self.anchors(text).contains(parts[1]) ? nil : "there is no such heading"
    }

    /// Anchors of the headings: lower case, without punctuation, a hyphen for each blank.
    static func anchors(_ text: String) -> Set<String> {
        Set(
            prose(text).compactMap { line in
                guard let heading = line.firstMatch(of: #/^#+ +(.*?) *$/#) else { return nil }
                return String(heading.1.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) }.map { $0 == " " ? "-" : $0 })
            })
    }

    /// The lines, with fenced blocks and inline code blanked.
    private static func prose(_ text: String) -> [String] {
        var isInBlock = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            if line.hasPrefix("```") {
                isInBlock.toggle()
                return ""
            }
            if line.hasPrefix("#") { return isInBlock ? "" : String(line) }
            return isInBlock ? "" : String(line.replacing(#/`[^`]*`/#, with: ""))
        }
    }
}
