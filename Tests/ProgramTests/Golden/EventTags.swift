import Foundation

/// The tags of a TensorBoard event file, read without the program's own writer: records of length, checksum, event, checksum.
struct EventTags {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Each tag once, sorted.
    var all: [String] {
        var tags: Set<String> = []
        var place = 0
        while place + 12 <= bytes.count {
            let length = (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
            guard place + 12 + length + 4 <= bytes.count else { break }
            for summary in Self.fields(bytes[place + 12..<place + 12 + length], numbered: 5) {
                for value in Self.fields(summary, numbered: 1) {
                    for tag in Self.fields(value, numbered: 1) { tags.insert(String(decoding: tag, as: UTF8.self)) }
                }
            }
            place += 12 + length + 4
        }
        return tags.sorted()
    }

    /// The length-delimited fields of that number in a message of protocol buffers.
    private static func fields(_ message: ArraySlice<UInt8>, numbered number: Int) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        var place = message.startIndex
        func varint() -> Int {
            var (value, shift) = (0, 0)
            while place < message.endIndex {
                let byte = message[place]
                place += 1
                if shift < 63 { value |= Int(byte & 0x7F) << shift }
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        while place < message.endIndex {
            let key = varint()
            switch key & 7 {
            case 0: _ = varint()
            case 1: place += 8
            case 5: place += 4
            case 2:
                let length = varint()
                let end = min(message.endIndex, place + length)
                if key >> 3 == number, place <= end { found.append(message[place..<end]) }
                place = end
            default: return found
            }
        }
        return found
    }
}
