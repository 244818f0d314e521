/// Words that transcripts may consist of, as a tree of their symbols.
public struct Lexicon: Sendable {
    private struct Node {
        var next: [Int32: Int] = [:]
        var isWord = false
    }

    private var nodes = [Node()]

    /// The node before a word's first symbol.
    static let root = 0

    /// - Parameter words: the symbols of each; empty ones are left out.
    public init(_ words: some Sequence<[Int32]>) {
        for word in words where !word.isEmpty {
            var node = Self.root
            for symbol in word {
                if let next = nodes[node].next[symbol] {
                    node = next
                } else {
                    nodes[node].next[symbol] = nodes.count
                    node = nodes.count
                    nodes.append(Node())
                }
            }
            nodes[node].isWord = true
        }
    }

    /// The node of a beginning and a further symbol; nil if no word begins so.
    func node(after node: Int, _ symbol: Int32) -> Int? { nodes[node].next[symbol] }
    /// Whether the symbols up to a node are a word.
    func isWord(_ node: Int) -> Bool { nodes[node].isWord }
}
