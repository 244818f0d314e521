import FileFixtures
import Files
import Foundation
import HostileInput
import Testing

@Suite("NumPy, ZIP and gzip files spoilt at random")
struct CompressedMutationTests {
    private static let limit = 1 << 16

    @Test("A spoilt file is refused, or read within its limit, and never traps")
    func spoilt() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let folder = NumpyFixture.stored
        let arrays = try ["version-1.npy", "version-2.npy", "version-3.npy"].map { try bytes(of: "\(folder)/\($0)") }
        let archives = try ["few.npz", "streamed.zip", "refused.npz", "deflated.npz"].map { try bytes(of: "\(folder)/\($0)") }
        let members = try bytes(of: folder + "/members.gz")
        let tokens: [[UInt8]] = [
            [0x50, 0x4B, 1, 2], [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 6, 6], [0x50, 0x4B, 6, 7], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0], [1, 0, 16, 0],
            [0x1F, 0x8B, 8, 0], [UInt8](repeating: 0xFF, count: 8), little(.max, 8), [3, 0], zip64Numbers(.max, 0), [8, 0], Array("{'shape': (2, 3), ".utf8),
            Array("'|S0'".utf8), Array("'<U7'".utf8), Array("'>f2'".utf8), Array("True".utf8), Array("(9223372036854775807, 0)".utf8),
        ]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of NumPy, ZIP and gzip files", runCount: 6000) { mutator in
            let kind = Int.random(in: 0..<3, using: &mutator)
            let document = (kind == 0 ? arrays.randomElement(using: &mutator) : kind == 1 ? archives.randomElement(using: &mutator) : members) ?? members
            let spoilt = Bool.random(using: &mutator)
                ? mutator.spoilt(document, other: archives[0], tokens: tokens) : Self.overwritten(document, tokens: tokens, &mutator)
            let path = kind == 2 ? "" : try directory.file("spoilt", spoilt)
            do throws(FileError) {
                switch kind {
                case 0: try Self.read(.open(path))
                case 1: try Self.readArchive(path)
                default: #expect(try GzipReader(spoilt, path: path, atMost: Self.limit).readToEnd().count <= Self.limit)
                }
                takenCount += 1
            } catch {
                refusedCount += 1
                switch error {
                case .numpy, .zip, .gzip: if error.description.utf8.count > 3000 { Issue.record("seed \(mutator.seed): \(error)") }
                default: Issue.record("seed \(mutator.seed): \(error)")
                }
            }
        }
        #expect(slowest < 5)
        let count = refusedCount + takenCount
        #expect(count < 1000 || min(refusedCount, takenCount) > count / 100, "\(refusedCount) refused, \(takenCount) taken")
    }

    /// `document` with a few bytes replaced, and none moved: else most files would be refused for their size alone.
    private static func overwritten(_ document: [UInt8], tokens: [[UInt8]], _ mutator: inout Mutator) -> [UInt8] {
        var bytes = document
        repeat {
            let place = Int.random(in: 0..<bytes.count, using: &mutator)
            let token = Bool.random(using: &mutator) ? tokens.randomElement(using: &mutator) ?? [] : [UInt8.random(in: 0...255, using: &mutator)]
            let end = min(bytes.count, place + token.count)
            bytes.replaceSubrange(place..<end, with: token.prefix(end - place))
        } while Bool.random(using: &mutator)
        return bytes
    }

    private static func readArchive(_ path: String) throws(FileError) {
        let archive = try ZipReader.open(path)
        for entry in archive.entries { #expect(try archive.bytes(of: entry, atMost: limit).count == entry.byteCount) }
        let arrays = try NumpyArchiveReader.open(path)
        for name in arrays.names { try read(arrays.array(named: name)) }
    }

    private static func read(_ array: NumpyReader) throws(FileError) {
        if array.type.isNumeric {
            #expect(try array.floats(atMost: limit).count == array.elementCount && array.elementCount <= limit / 4)
            _ = try array.doubles(atMost: limit)
            _ = try array.integers(atMost: limit)
        } else {
            #expect(try array.texts(atMost: limit).count == array.elementCount)
        }
    }
}
