/// Messages of numbers and text, sent as bytes: numbers as 8 bytes each, little-endian, text as UTF-8.
extension Communicator {
    /// Each rank's numbers, bit for bit, in rank order, on every rank. Collective.
    public func gatherEverywhere(_ values: [Double]) throws(CommunicationError) -> [[Double]] {
        let words = try gatherWords(values.map(\.bitPattern))
        return words.map { $0.map(Double.init(bitPattern:)) }
    }

    /// Each rank's integers, in rank order, on every rank. Collective.
    public func gatherEverywhere(_ values: [Int]) throws(CommunicationError) -> [[Int]] {
        let words = try gatherWords(values.map { UInt64(bitPattern: Int64($0)) })
        return words.map { $0.map { Int(Int64(bitPattern: $0)) } }
    }

    /// Each rank's text, in rank order, on every rank. Collective.
    public func gatherEverywhere(_ text: String) throws(CommunicationError) -> [String] {
        try gatherEverywhere([UInt8](text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The integer that rank `root` passed, on every rank. Collective.
    public func broadcast(_ value: Int, from root: Int) throws(CommunicationError) -> Int {
        let received = try broadcast(littleEndianBytes(of: [UInt64(bitPattern: Int64(value))]), from: root)
        guard received.count == 8 else {
            throw .unexpectedLength(operation: "broadcast of an integer", sender: root, byteCount: received.count)
        }
        return Int(Int64(bitPattern: words(of: received)[0]))
    }

    /// The text that rank `root` passed, on every rank. Collective.
    public func broadcast(_ text: String, from root: Int) throws(CommunicationError) -> String {
        String(decoding: try broadcast([UInt8](text.utf8), from: root), as: UTF8.self)
    }

    private func gatherWords(_ values: [UInt64]) throws(CommunicationError) -> [[UInt64]] {
        let received = try gatherEverywhere(littleEndianBytes(of: values))
        if let odd = received.firstIndex(where: { $0.count % 8 != 0 }) {
            throw .unexpectedLength(operation: "gathering of numbers", sender: odd, byteCount: received[odd].count)
        }
        return received.map(words(of:))
    }
}

func littleEndianBytes(of words: [UInt64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * words.count)
    for word in words {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
}

/// The 64-bit words of `bytes`, whose count must be a multiple of 8.
func words(of bytes: [UInt8]) -> [UInt64] {
    stride(from: 0, to: bytes.count, by: 8).map { start -> UInt64 in
        var word: UInt64 = 0
        for place in (0..<8).reversed() { word = word << 8 | UInt64(bytes[start + place]) }
        return word
    }
}
