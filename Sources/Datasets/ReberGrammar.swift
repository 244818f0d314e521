import Kernels

/// The embedded Reber grammar: B, then T or P, then a string of Reber's grammar, then the same T or P again, then E.
///
/// Reber's grammar (1967) is a walk from B to E through six nodes, drawn in the source cited by Hochreiter and Schmidhuber (1997),
/// experiment 1 (Cleeremans, Servan-Schreiber and McClelland, 1989). Nearly every node has two outgoing edges.
public enum ReberGrammar {
    /// The seven symbols; token k is the k-th.
    public static let symbols = "BTPSXVE"

    /// Whether `text` is a string of the embedded grammar.
    public static func isGrammatical(_ text: String) -> Bool {
        let symbols = Array(text.unicodeScalars)
        guard symbols.count >= 9, symbols.first == "B", symbols.last == "E", symbols[1] == "T" || symbols[1] == "P" else { return false }
        return symbols[symbols.count - 2] == symbols[1] && isReber(symbols[2..<symbols.count - 2])
    }

    /// Whether the second-to-last symbol of `text` equals its second: the dependency that spans the whole string. False below four symbols.
    public static func longRangeMatch(_ text: String) -> Bool {
        let symbols = Array(text.unicodeScalars)
        return symbols.count >= 4 && symbols[symbols.count - 2] == symbols[1]
    }

    /// Whether a partial string that begins with B is complete: the first E ends the inner string, the second the whole.
    public static func hasEnded(_ text: String) -> Bool {
        text.unicodeScalars.reduce(0) { $0 + ($1 == "E" ? 1 : 0) } >= 2
    }

    /// A random string of the embedded grammar, each edge taken with probability 1/2.
    static func string(_ draws: inout RandomDraws) -> [Unicode.Scalar] {
        let outer: Unicode.Scalar = draws.coin() ? "T" : "P"
        var string: [Unicode.Scalar] = ["B", outer, "B"]
        var node = Node.start
        while let (one, other) = node.ways {
            let way = draws.coin() ? one : other
            string.append(way.symbol)
            node = way.node
        }
        return string + ["E", outer, "E"]
    }

    private static func isReber(_ symbols: ArraySlice<Unicode.Scalar>) -> Bool {
        guard symbols.first == "B", symbols.last == "E" else { return false }
        var node = Node.start
        for symbol in symbols.dropFirst().dropLast() {
            guard let (one, other) = node.ways else { return false }
            guard let way = [one, other].first(where: { $0.symbol == symbol }) else { return false }
            node = way.node
        }
        return node == .end
    }

    /// The nodes between B and E.
    private enum Node {
        case start, upperLoop, lowerLoop, upperRight, lowerRight, end

        typealias Way = (symbol: Unicode.Scalar, node: Node)

        /// The two outgoing edges of a node; nil for the last node, which is followed by E.
        var ways: (Way, Way)? {
            switch self {
            case .start: (("T", .upperLoop), ("P", .lowerLoop))
            case .upperLoop: (("S", .upperLoop), ("X", .upperRight))
            case .lowerLoop: (("T", .lowerLoop), ("V", .lowerRight))
            case .upperRight: (("X", .lowerLoop), ("S", .end))
            case .lowerRight: (("P", .upperRight), ("V", .end))
            case .end: nil
            }
        }
    }
}
