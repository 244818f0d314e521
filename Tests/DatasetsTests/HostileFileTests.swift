import Datasets
import Foundation
import HostileInput
import Testing

@Suite("A file of hostile size")
struct HostileFileTests {
    private static let sizes = [1 << 40, 1 << 43, Int.max]

    @Test("a file that claims more than half of the memory is rejected before it is read, as text and as table", arguments: sizes)
    func sparse(byteCount: Int) throws {
        let files = try TemporaryFiles()
        let path = files.path("sparse")
        // Some file systems can't have files so large; the smaller sizes test the same.
        guard (try? makeSparseFile(path, beginning: Array("a\n1\n2\n".utf8), byteCount: byteCount)) != nil else { return }
        for unit in TextUnit.allCases {
            let error = fault { _ = try EncodedText(TextOptions(files: [path], reading: TextReading(unit: unit), split: SplitFractions())) }
            #expect(error == .fileTooLarge(path: path, limit: halfOfMemory) && error?.category == .noMemory)
        }
        let options = SeriesOptions(file: path, length: 1, horizon: 1, split: try SplitFractions())
        #expect(fault { _ = try SeriesWindows(options, batchSize: 1, seed: 0) } == .fileTooLarge(path: path, limit: halfOfMemory))
    }

    @Test("an endless file is read up to the limit, and a file of exactly that size completely")
    func endless() throws {
        #expect(fault { _ = try fileBytes(at: "/dev/zero", atMost: 3 << 20) } == .endlessDevice(path: "/dev/zero", limit: 3 << 20))
        #expect(fault { _ = try fileBytes(at: "/dev/zero") }?.category == .noMemory)
        let files = try TemporaryFiles()
        let path = try files.write([1, 2, 3], to: "three")
        #expect(try fileBytes(at: path, atMost: 3) == [1, 2, 3])
        #expect(fault { _ = try fileBytes(at: path, atMost: 2) } == .fileTooLarge(path: path, limit: 2))
    }

    @Test("a path with a zero byte isn't read as another file's")
    func zeroByteInPath() throws {
        let files = try TemporaryFiles()
        let path = try files.write("text", to: "text.txt") + "\u{0}.bak"
        let error = fault { _ = try EncodedText(TextOptions(files: [path], split: SplitFractions())) }
        #expect(error == .unreadableFile(path: path, reason: "its name contains a zero byte"))
    }
}
