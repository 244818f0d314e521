public import Foundation
public import FoundationXML

/// The elements of an XML text, with attributes and text.
public final class XMLElements: NSObject, XMLParserDelegate {
    public private(set) var names: [String] = []
    private var list: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []

    public var root: String? { names.first }

    /// - Throws: the parser's error, if the text isn't well-formed.
    public init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else { throw XMLFault(line: parser.lineNumber, reason: "\(parser.parserError.map { "\($0)" } ?? "unknown")") }
    }

    public var allAttributes: [[String: String]] { list.map(\.attributes) }
    public func attributes(_ name: String) -> [[String: String]] { list.filter { $0.name == name }.map(\.attributes) }
    public func texts(_ name: String) -> [String] { list.filter { $0.name == name }.map(\.text) }

    public func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
        names.append(name)
        open.append(list.count)
        list.append((name, attributes, ""))
    }

    public func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    public func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let last = open.last { list[last].text += text }
    }
}

struct XMLFault: Error {
    let line: Int
    let reason: String
}
