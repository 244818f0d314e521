/// Whether a WAV file has the bytes of samples that its header says: the library that reads it takes what is there without a word.
/// Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991).
struct RIFFLength {
    private let wanted: Int
    private let found: Int

    /// Nil for another file, for one without samples, and for a stream that was written without knowing its length (0 or the largest number).
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WAVE".utf8) else { return nil }
        var place = 12
        while place + 8 <= bytes.count {
            let size = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
            if bytes[place...].starts(with: "data".utf8) {
                guard size != 0, size < 0x7FFF_FFFF else { return nil }
                (wanted, found) = (size, min(size, bytes.count - place - 8))
                return
            }
            // Chunks begin at even places.
            place += 8 + size + size % 2
        }
        return nil
    }

    func check() throws(AudioError) {
        if found < wanted { throw .truncated(found: found, wanted: wanted) }
    }
}
