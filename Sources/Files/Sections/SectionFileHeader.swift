import StrictJSON

/// The first page of a file of sections. All numbers are little-endian.
///
/// | offset | bytes | content |
/// |---|---|---|
/// | 0 | 8 | `LSTMPREP` |
/// | 8 | 4 | version, 1 |
/// | 12 | 4 | 0x01020304, in the order of the writer's bytes |
/// | 16 | 8 | bytes of the file |
/// | 24 | 8 | bytes of the sections, which begin at 4096 |
/// | 32 | 8 | bytes of the description, at the file's end |
/// | 40 | 32 | SHA-256 of everything behind the sections: a SHA-256 for each block of them, then the description |
/// | 72 | 4024 | zeros |
struct SectionFileHeader: Equatable {
    static let magic = Array("LSTMPREP".utf8)
    static let version: UInt32 = 1
    static let byteOrder: UInt32 = 0x0102_0304
    /// Of the header, and what each section's begin is a multiple of.
    static let byteCount = 4096
    /// Bytes of the sections that have a SHA-256 of their own; fewer in the last block.
    static let blockByteCount = 1 << 16
    static let digestByteCount = 32

    let contentByteCount: Int
    let descriptionByteCount: Int
    let digest: [UInt8]

    init(contentByteCount: Int, descriptionByteCount: Int, digest: [UInt8]) {
        (self.contentByteCount, self.descriptionByteCount, self.digest) = (contentByteCount, descriptionByteCount, digest)
    }

    var blockCount: Int { contentByteCount / Self.blockByteCount + (contentByteCount % Self.blockByteCount == 0 ? 0 : 1) }
    var digestsOffset: Int { Self.byteCount + contentByteCount }
    /// Bytes behind the sections.
    var tailByteCount: Int { blockCount * Self.digestByteCount + descriptionByteCount }
    var fileByteCount: Int { digestsOffset + tailByteCount }

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: Self.byteOrder)
        for count in [fileByteCount, contentByteCount, descriptionByteCount] { bytes.append(littleEndian: UInt64(count)) }
        bytes += digest
        return bytes + [UInt8](repeating: 0, count: Self.byteCount - bytes.count)
    }

    /// Reads the header of a file of `fileByteCount` bytes. All that is computed from the numbers afterwards stays below that.
    init(_ bytes: [UInt8], fileByteCount: Int) throws(SectionFileFault) {
        guard bytes.count >= Self.magic.count, bytes.starts(with: Self.magic) else { throw .foreign }
        guard bytes.count == Self.byteCount else { throw .byteCount(found: fileByteCount, wanted: "at least \(Self.byteCount)") }
        func number(at offset: Int, _ byteCount: Int) -> UInt64 { bytes[offset..<offset + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        let (version, order) = (UInt32(number(at: 8, 4)), UInt32(number(at: 12, 4)))
        guard order != Self.byteOrder.byteSwapped else { throw .byteOrder }
        guard order == Self.byteOrder else { throw .header(reason: "its mark of the order of bytes is \(order)") }
        guard version == Self.version else { throw .version(found: version) }
        let wanted = number(at: 16, 8)
        guard wanted == UInt64(fileByteCount) else { throw .byteCount(found: fileByteCount, wanted: "\(wanted)") }
        let (content, description) = (number(at: 24, 8), number(at: 32, 8))
        let most = UInt64(max(0, fileByteCount - Self.byteCount))
        // Both are compared before anything is added to them.
        guard content <= most, description <= most - content else { throw .header(reason: "its header names more bytes than the file has") }
        guard bytes[72...].allSatisfy({ $0 == 0 }) else { throw .header(reason: "its header has more than it should") }
        self.init(contentByteCount: Int(content), descriptionByteCount: Int(description), digest: Array(bytes[40..<72]))
        let (tail, overflows) = (blockCount * Self.digestByteCount).addingReportingOverflow(descriptionByteCount)
        guard !overflows, tail == Int(most - content) else { throw .header(reason: "the numbers of its header don't go together") }
    }
}

/// A section of a file: numbers of one type, one after another.
struct SectionPlace: Equatable {
    let name: String
    let element: String
    /// In the sections' bytes, from 0; a multiple of ``SectionFileHeader/byteCount``.
    let offset: Int
    let count: Int

    var value: JSONValue {
        .object(["name": .text(name), "element": .text(element), "offset": .integer(offset), "count": .integer(count)])
    }

    init(name: String, element: String, offset: Int, count: Int) {
        (self.name, self.element, self.offset, self.count) = (name, element, offset, count)
    }

    /// - Returns: nil if it isn't one.
    init?(_ value: JSONValue) {
        guard value.objectValue?.count == 4, let name = value["name"]?.stringValue, let element = value["element"]?.stringValue,
            let offset = value["offset"]?.integerValue, let count = value["count"]?.integerValue
        else { return nil }
        self.init(name: name, element: element, offset: offset, count: count)
    }

    /// Whether `count` elements of `stride` bytes fit behind `offset`.
    func fits(stride: Int, contentByteCount: Int) -> Bool {
        guard offset >= 0, count >= 0, offset % SectionFileHeader.byteCount == 0, offset <= contentByteCount else { return false }
        return count <= (contentByteCount - offset) / stride
    }
}
