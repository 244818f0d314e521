import Datasets
import Foundation
import Testing

@Suite("files that aren't text")
struct FileFormatTests {
    private static func zip(_ names: String...) -> [UInt8] {
        // Local headers up to the name, since only that is read.
        names.flatMap { name in Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array(name.utf8) }
    }

    private static func utf16(_ text: String, littleEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { littleEndian ? [UInt8($0 & 0xFF), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    private static func padded(_ text: String, to place: Int, _ more: String) -> [UInt8] {
        Array(text.utf8) + [UInt8](repeating: 0, count: place - text.utf8.count) + Array(more.utf8)
    }

    static let samples: [(FileFormat, [UInt8])] = [
        (.utf16, [0xFF, 0xFE] + utf16("the cat", littleEndian: true)), (.utf16, [0xFE, 0xFF] + utf16("the cat", littleEndian: false)),
        (.utf16LittleEndian, utf16("the cät sat\r\n", littleEndian: true)), (.utf16BigEndian, utf16("the cät sat\r\n", littleEndian: false)),
        (.utf32, [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]), (.gzip, [0x1F, 0x8B, 8, 0]), (.bzip2, Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]),
        (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), (.zstandard, [0x28, 0xB5, 0x2F, 0xFD]), (.lz4, [4, 0x22, 0x4D, 0x18]),
        (.zip, zip("play.txt")), (.word, zip("[Content_Types].xml", "_rels/.rels", "word/document.xml")), (.zip, zip("password/list.txt")),
        (.sheet, zip("[Content_Types].xml", "xl/workbook.xml")), (.openDocument, zip("mimetypeapplication/vnd.oasis.opendocument.text")),
        (.epub, zip("mimetypeapplication/epub+zip")), (.numpyArchive, zip("weights.npy")), (.torch, zip("model/data.pkl")),
        (.tar, padded("play.txt", to: 257, "ustar")), (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        (.oldOffice, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        (.rtf, Array("{\\rtf1\\ansi The cat}".utf8)), (.pdf, Array("%PDF-1.4\n".utf8)), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0]), (.gif, Array("GIF89a".utf8)), (.webP, Array("RIFF\0\0\0\0WEBP".utf8)), (.tiff, Array("II*\0".utf8)),
        (.bmp, Array("BM".utf8) + [1, 2, 0, 0, 0, 0, 0, 0]), (.audio, Array("RIFF\0\0\0\0WAVE".utf8)), (.video, [0, 0, 0, 0x18] + Array("ftypmp42".utf8)),
        (.numpy, [0x93] + Array("NUMPY".utf8)), (.hdf5, [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]), (.parquet, Array("PAR1".utf8) + [0x15, 4]),
        (.arrow, Array("ARROW1\0\0".utf8)), (.sqlite, Array("SQLite format 3\0".utf8)), (.safetensors, [64, 0, 0, 0, 0, 0, 0, 0] + Array(#"{"a":1}"#.utf8)),
        (.pickle, [0x80, 4, 0x95]), (.program, [0x7F] + Array("ELF".utf8)), (.program, padded("MZ", to: 60, "")),
    ]

    @Test("a file's format is recognised by its first bytes, and the message has its name and a remedy", arguments: samples.indices)
    func recognised(index: Int) throws {
        let (format, bytes) = Self.samples[index]
        #expect(FileFormat(bytes: bytes) == format)
        for use in [FileUse.text, .table] {
            let words = DatasetError.notPlainText(path: "a b.dat", format: format, use: use).description
            #expect(words.hasPrefix("a b.dat is \(format.rawValue), and not ") && words.contains("UTF-8. "), "\(words)")
        }
    }

    @Test(
        "text stays text",
        arguments: [
            "", "a", "PK is a name", "BMW makes cars", "MZ", "GIF", "%PDF", "RIFF", "BZh what", "{\"a\": 1}", "ID3 tags", "PAR1,2\n3,4\n", "é", "日本語の文", "a\0b\0 c",
            "\u{FEFF}the cat", "ftyp", "x,y\n1,2\n", String(repeating: "ustar ", count: 100),
        ])
    func texts(_ text: String) { #expect(FileFormat(bytes: Array(text.utf8)) == nil) }

    @Test("such files are rejected as characters, with the format, and as tables; in bytes they are read")
    func refusals() throws {
        let files = try TemporaryFiles()
        let path = try files.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3], to: "picture.txt")
        let options = TextOptions(files: [path], split: try SplitFractions())
        #expect(fault { _ = try EncodedText(options) } == .notPlainText(path: path, format: .png, use: .text))
        #expect(try EncodedText(TextOptions(files: [path], reading: TextReading(unit: .byte), split: SplitFractions())).count == 11)
        let table = fault {
            _ = try SeriesWindows(
                SeriesOptions(file: path, columns: [], targets: [], length: 1, horizon: 1, stride: 1, relative: false, split: SplitFractions()), batchSize: 1,
                seed: 1)
        }
        #expect(table == .notPlainText(path: path, format: .png, use: .table) && table?.category == .badData)
    }

    @Test("the suggested command converts UTF-16, with a mark and without, for any file name")
    func conversion() throws {
        for (bytes, format) in [
            ([0xFF, 0xFE] + Self.utf16("the cät\n", littleEndian: true), FileFormat.utf16), (Self.utf16("the cät sat\n", littleEndian: true),
            .utf16LittleEndian),
            (Self.utf16("the cät sat\n", littleEndian: false), .utf16BigEndian),
        ] {
            let files = try TemporaryFiles()
            let path = try files.write(bytes, to: "it's a text.txt")
            let words = DatasetError.notPlainText(path: path, format: format, use: .text).description
            let command = try #require(words.range(of: "iconv").map { String(words[$0.lowerBound...]) })
            let process = try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", command])
            process.waitUntilExit()
            let converted = [UInt8](try Data(contentsOf: URL(filePath: files.path("it's a text.utf8.txt"))))
            #expect(String(decoding: converted, as: UTF8.self).hasPrefix("the cät"))
        }
    }
}
