import Foundation
import Testing

@Suite("README's size, and links between documents")
struct LinkTests {
    @Test("README has at most 15,000 bytes")
    func size() throws {
        let byteCount = try Document.readme().text.utf8.count
        #expect(byteCount <= 15_000, "\(byteCount) bytes; move something to an article")
    }

    @Test("each relative link has a target file, and a target heading", arguments: try Document.all())
    func targets(_ document: Document) {
        let faults = Links(document).faults()
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test("README links to each article of the manual")
    func articles() throws {
        let targets = Set(Links(try Document.readme()).relative.map(\.target))
        for article in try Document.articles(of: Document.manual) where article.name != "Manual.md" {
            #expect(targets.contains("Sources/lstm-train/Manual.docc/\(article.name)"), "\(article.name)")
        }
    }

    @Test("a missing file, a missing heading and DocC's own link are found; links in code and to web pages are ignored")
    func faults() {
        let text = "# Of A, `b` & C\n[a](#of-a-b--c) [b](#b) [c](nowhere.md) [d](LICENSE) [e](README.md#speed)\n`[f](x.md)` [g](https://x.y) <doc:Speed>\n```\n[h](x.md)\n```\n"
        let document = Document(name: "a", text: text)
        #expect(Links(document).faults() == ["a:2: #b: there is no such heading", "a:2: nowhere.md: there is no such file", "a:3: doc:Speed: link to the article's file"])
    }
}
