/// The format of a file that isn't plain UTF-8 text, recognised by its first bytes.
public enum FileFormat: String, Sendable, Equatable, CaseIterable {
    case utf16 = "UTF-16 text", utf16LittleEndian = "UTF-16 text without a byte order mark, little-endian"
    case utf16BigEndian = "UTF-16 text without a byte order mark, big-endian", utf32 = "UTF-32 text"
    case gzip = "a gzip file", bzip2 = "a bzip2 file", xz = "an xz file", zstandard = "a Zstandard file", lz4 = "an LZ4 file"
    case zip = "a ZIP archive", tar = "a tar archive", sevenZip = "a 7-Zip archive", rar = "a RAR archive"
    case word = "a Word document (docx)", sheet = "an Excel workbook (xlsx)", slides = "a PowerPoint file (pptx)", openDocument = "an OpenDocument file"
    case epub = "an EPUB book", oldOffice = "an old Word, Excel or PowerPoint file", rtf = "a Rich Text document (RTF)", pdf = "a PDF document"
    case png = "a PNG picture", jpeg = "a JPEG picture", gif = "a GIF picture", webP = "a WebP picture", tiff = "a TIFF picture", bmp = "a BMP picture"
    case audio = "a sound file", video = "a video file"
    case numpy = "a NumPy array (npy)", numpyArchive = "a NumPy archive (npz)", hdf5 = "an HDF5 file", parquet = "a Parquet table"
    case arrow = "an Arrow or Feather table", sqlite = "an SQLite database"
    case safetensors = "a safetensors file of weights", torch = "a PyTorch file (torch.save)", pickle = "a Python pickle"
    case program = "a compiled program"

    /// The format of a file with these bytes; nil if it may be plain text or is unknown. Cost: reads at most 8 kB.
    public init?(bytes: [UInt8]) {
        let head = Head(bytes: bytes)
        guard let format = Self.marked(head) ?? Self.archived(head) ?? Self.media(head) ?? Self.numbers(head) ?? Self.unmarkedUTF16(head) else { return nil }
        self = format
    }

    /// The first bytes of a file.
    private struct Head {
        let bytes: [UInt8]

        func begins(_ signature: [UInt8], at place: Int = 0) -> Bool { bytes.count >= place && bytes[place...].starts(with: signature) }
        func begins(_ signature: StaticString, at place: Int = 0) -> Bool {
            signature.withUTF8Buffer { bytes.count >= place && bytes[place...].starts(with: $0) }
        }
        func contains(_ text: String) -> Bool { String(decoding: bytes.prefix(4096), as: UTF8.self).contains(text) }
        var hasZero: Bool { bytes.prefix(1024).contains(0) }
    }

    /// Encodings by their byte order mark; UTF-32's little-endian mark begins like UTF-16's.
    private static func marked(_ head: Head) -> FileFormat? {
        if head.begins([0xFF, 0xFE, 0, 0]) || head.begins([0, 0, 0xFE, 0xFF]) { return .utf32 }
        return head.begins([0xFF, 0xFE]) || head.begins([0xFE, 0xFF]) ? .utf16 : nil
    }

    private static func archived(_ head: Head) -> FileFormat? {
        if head.begins("PK\u{3}\u{4}") || head.begins("PK\u{5}\u{6}") { return zipped(head) }
        let signatures: [([UInt8], FileFormat)] = [
            ([0x1F, 0x8B], .gzip), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .xz), ([0x28, 0xB5, 0x2F, 0xFD], .zstandard), ([0x04, 0x22, 0x4D, 0x18], .lz4),
            ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .oldOffice),
        ]
        if let found = signatures.first(where: { head.begins($0.0) }) { return found.1 }
        if head.begins("BZh"), head.begins([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4) { return .bzip2 }
        if head.begins("Rar!\u{1A}\u{7}") { return .rar }
        if head.begins("%PDF-") { return .pdf }
        if head.begins("{\\rtf1") { return .rtf }
        return head.begins("ustar", at: 257) && head.hasZero ? .tar : nil
    }

    /// The format of a ZIP file, by the names of its first members.
    private static func zipped(_ head: Head) -> FileFormat {
        if head.contains("mimetypeapplication/epub") { return .epub }
        if head.contains("mimetypeapplication/vnd.oasis") { return .openDocument }
        if head.contains("[Content_Types].xml") {
            if head.contains("word/") { return .word }
            if head.contains("xl/") { return .sheet }
            if head.contains("ppt/") { return .slides }
        }
        if head.contains("/data.pkl") { return .torch }
        return head.contains(".npy") ? .numpyArchive : .zip
    }

    private static func media(_ head: Head) -> FileFormat? {
        if head.begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if head.begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if head.begins("GIF87a") || head.begins("GIF89a") { return .gif }
        if head.begins("II*\u{0}") || head.begins("MM\u{0}*") { return .tiff }
        // Words can begin with "BM" too: a bitmap has zeros after the file's size.
        if head.begins("BM"), head.begins([0, 0, 0, 0], at: 6) { return .bmp }
        if head.begins("RIFF") {
            if head.begins("WEBP", at: 8) { return .webP }
            if head.begins("WAVE", at: 8) { return .audio }
            if head.begins("AVI ", at: 8) { return .video }
        }
        if head.begins("fLaC\u{0}") || head.begins("OggS\u{0}") || head.begins("ID3"), head.hasZero { return .audio }
        if head.begins("ftyp", at: 4), head.hasZero { return .video }
        return head.begins([0x1A, 0x45, 0xDF, 0xA3]) ? .video : nil
    }

    private static func numbers(_ head: Head) -> FileFormat? {
        if head.begins([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return .numpy }
        if head.begins([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) { return .hdf5 }
        if head.begins("PAR1"), head.bytes.count > 4, head.bytes[4] < 0x20 || head.bytes[4] >= 0x80 { return .parquet }
        if head.begins("ARROW1\u{0}\u{0}") { return .arrow }
        if head.begins("SQLite format 3\u{0}") { return .sqlite }
        // The header's length in eight bytes, then the header: a JSON object.
        if head.begins([0, 0], at: 6), head.begins("{\"", at: 8) { return .safetensors }
        if head.begins([0x80]), head.bytes.count > 2, (2...5).contains(head.bytes[1]) { return .pickle }
        let isProgram = head.begins([0x7F, 0x45, 0x4C, 0x46]) || head.begins([0xCF, 0xFA, 0xED, 0xFE]) || head.begins([0xCA, 0xFE, 0xBA, 0xBE])
        return isProgram || head.begins("MZ") && head.hasZero ? .program : nil
    }

    /// In UTF-16, every second byte of text in a Latin script is 0; in UTF-8 none is.
    private static func unmarkedUTF16(_ head: Head) -> FileFormat? {
        let pairs = min(head.bytes.count, 2048) / 2
        guard pairs >= 4 else { return nil }
        func isLatin(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || (0x09...0x0D).contains(byte) }
        let zerosFirst = (0..<pairs).count { head.bytes[2 * $0] == 0 && isLatin(head.bytes[2 * $0 + 1]) }
        let zerosSecond = (0..<pairs).count { isLatin(head.bytes[2 * $0]) && head.bytes[2 * $0 + 1] == 0 }
        if zerosSecond * 10 >= pairs * 8 { return .utf16LittleEndian }
        return zerosFirst * 10 >= pairs * 8 ? .utf16BigEndian : nil
    }
}
