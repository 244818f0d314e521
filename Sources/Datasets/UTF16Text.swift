/// Texts in UTF-16 with a byte order mark, which are read as the same text in UTF-8.
package enum UTF16Text {
    /// Whether `bytes` begin with a mark of UTF-16. That of UTF-32 in little-endian order begins like one, and isn't.
    package static func isMarked(_ bytes: [UInt8]) -> Bool { FileFormat(bytes: bytes) == .utf16 }

    /// The text in UTF-8, without the mark. Cost: about 2 ns a unit, and memory for the result: at most half as much again as `bytes` have.
    /// - Parameters:
    ///   - bytes: a marked text.
    ///   - path: the file's, for messages.
    /// - Throws: ``DatasetError/unusableFile(path:reason:)`` for half of a surrogate pair, with its byte, and for a last unit of one byte.
    package static func utf8(_ bytes: [UInt8], path: String) throws(DatasetError) -> [UInt8] {
        guard bytes.count % 2 == 0 else {
            throw .unusableFile(
                path: path,
                reason: "it is UTF-16 text with an odd number of bytes, \(bytes.count), so that the last character is cut off. Was the whole file copied?")
        }
        let isLittleEndian = bytes[0] == 0xFF
        func unit(_ place: Int) -> UInt32 {
            let (first, second) = (UInt32(bytes[place]), UInt32(bytes[place + 1]))
            return isLittleEndian ? second << 8 | first : first << 8 | second
        }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 2)
        var place = 2
        while place < bytes.count {
            let first = unit(place)
            if first < 0x80 {
                text.append(UInt8(first))
                place += 2
                continue
            }
            var value = first
            if first & 0xF800 == 0xD800 {
                let second = place + 2 < bytes.count ? unit(place + 2) : 0
                guard first < 0xDC00, second & 0xFC00 == 0xDC00 else { throw loneSurrogate(first, at: place, path: path) }
                value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
                place += 2
            }
            place += 2
            append(value, to: &text)
        }
        return text
    }

    /// Appends a scalar that isn't ASCII.
    private static func append(_ value: UInt32, to text: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | value >> shift & 0x3F) }
        if value < 0x800 {
            text.append(UInt8(0xC0 | value >> 6))
        } else if value < 0x10000 {
            text.append(UInt8(0xE0 | value >> 12))
            text.append(tail(6))
        } else {
            text.append(UInt8(0xF0 | value >> 18))
            text.append(tail(12))
            text.append(tail(6))
        }
        text.append(tail(0))
    }

    private static func loneSurrogate(_ unit: UInt32, at place: Int, path: String) -> DatasetError {
        .unusableFile(
            path: path, reason: "the two bytes at offset \(place) of this UTF-16 text are 0x\(String(unit, radix: 16, uppercase: true)), half of a surrogate pair "
                + "without the other half, which stands for no character. Repair the file, or leave them out.")
    }
}

/// The bytes of the text file at `path` in UTF-8: those of the file, or of one in UTF-16 with a byte order mark what they stand for.
/// - Throws: as ``fileBytes(at:atMost:)``, and for UTF-16 that is damaged.
package func textBytes(at path: String) throws(DatasetError) -> [UInt8] { try textBytes(fileBytes(at: path), path: path) }

/// The same of bytes that were read.
package func textBytes(_ bytes: [UInt8], path: String) throws(DatasetError) -> [UInt8] {
    try UTF16Text.isMarked(bytes) ? UTF16Text.utf8(bytes, path: path) : bytes
}
