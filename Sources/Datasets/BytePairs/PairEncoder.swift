/// Encodes texts in byte pairs, each distinct piece once.
struct PairEncoder {
    private let pairs: BytePairs
    private var known: [[UInt8]: [Int32]] = [:]

    /// Bounds the memory for a text whose pieces are all different.
    private static let mostKnown = 1 << 20

    init(_ pairs: BytePairs) { self.pairs = pairs }

    /// Calls `visit` with each token of `bytes` from `start` on, in order.
    /// - Parameters:
    ///   - file: its name in messages.
    ///   - begins: whether this is a text's start, where some tokenizers add a blank.
    /// - Throws: ``DatasetError/invalidUTF8(path:byteOffset:)``, before the first call.
    mutating func visitTokens(
        of bytes: [UInt8], from start: Int = 0, reading: TextReading, file: String, begins: Bool = true, _ visit: (Int32) -> Void
    ) throws(DatasetError) {
        guard let rules = pairs.rules else {
            return try reading.visitPieces(of: bytes, from: start, file: file) { piece in for token in tokens(of: piece) { visit(token) } }
        }
        let (text, range) = try reading.converted(bytes, start..<bytes.count, file: file)
        rules.visitParts(of: text, in: range, begins: begins) { part in
            switch part {
            case .token(let token): visit(token)
            case .piece(let piece): for token in tokens(of: piece) { visit(token) }
            }
        }
    }

    private mutating func tokens(of piece: [UInt8]) -> [Int32] {
        // Long pieces hardly come twice.
        guard piece.count <= TextReading.largestPieceByteCount else { return pairs.tokens(of: piece) }
        if let tokens = known[piece] { return tokens }
        if known.count == Self.mostKnown { known.removeAll(keepingCapacity: true) }
        let tokens = pairs.tokens(of: piece)
        known[piece] = tokens
        return tokens
    }
}
