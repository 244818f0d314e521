import FileFixtures
import Files
import Foundation
import HostileInput
import Testing

@Suite("Safetensors files spoilt at random")
struct MutationTests {
    @Test("A spoilt safetensors file is refused, or covers its data and is written and read again to the bit, and never traps")
    func safetensors() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let tokens = [
            "{", "}", "[", "]", ":", ",", "\"", "[0,0]", "[0]", "0", "[]", "\"F4\"", "\"BOOL\"", "\"F32\"", "\"shape\":[0,9223372036854775807]", "\"data_offsets\":",
            "\"__metadata__\":{}", "\"__metadata__\":", "\\u0000", "é", "e\u{301}", #","z":{"dtype":"F32","shape":[0],"data_offsets":[24,24]}"#,
        ].map { Array($0.utf8) }
        let other = Array(#"{"a":{"data_offsets":[0,16],"dtype":"F32","shape":[2,2]},"b":{"dtype":"F32","shape":[2,1,1],"data_offsets":[16,24]}}"#.utf8)
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of safetensors", runCount: 25_000) { mutator in
            let header = Bool.random(using: &mutator) ? Array(SafetensorsTests.pythonHeader.utf8) : other
            var bytes = Self.file(header: mutator.spoilt(header, other: other, tokens: tokens))
            if Int.random(in: 0..<8, using: &mutator) == 0 { bytes = mutator.spoilt(Self.file(header: header), other: Self.file(header: other), tokens: tokens) }
            let path = try directory.file("spoilt.safetensors", bytes)
            do throws(FileError) {
                let file = try SafetensorsFile.open(path)
                takenCount += 1
                let comesBack = try Self.comesBack(file)
                if !comesBack || !Self.isSound(file, byteCount: bytes.count) { Issue.record("seed \(mutator.seed): \(bytes)") }
            } catch {
                refusedCount += 1
                guard case .safetensors = error, error.description.utf8.count <= 3000 else {
                    Issue.record("seed \(mutator.seed): \(error)")
                    return
                }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    private static func file(header: [UInt8]) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + SafetensorsTests.pythonData
    }

    /// Whether tensors lie one behind the other up to the file's end.
    private static func isSound(_ file: SafetensorsFile, byteCount: Int) -> Bool {
        let ends = [0] + file.entries.map(\.byteRange.upperBound)
        return zip(file.entries, ends).allSatisfy { $0.byteRange.lowerBound == $1 } && ends[ends.count - 1] < byteCount
    }

    /// Whether the F32 tensors, written to another file, are the same there.
    private static func comesBack(_ file: SafetensorsFile) throws(FileError) -> Bool {
        let entries = file.entries.filter { $0.type == .float32 }
        let copyPath = file.path + ".copy"
        unlink(copyPath)
        var writer = try SafetensorsWriter(path: copyPath, tensors: entries.map(\.shape))
        for entry in entries {
            let values = try values(of: entry, in: file)
            try writer.write(values.span)
        }
        _ = try writer.finish()
        let copy = try SafetensorsFile.open(copyPath)
        guard copy.entries.map(\.shape) == entries.map(\.shape) else { return false }
        for (entry, copied) in zip(entries, copy.entries) {
            if try bits(values(of: entry, in: file)) != bits(values(of: copied, in: copy)) { return false }
        }
        return true
    }

    private static func values(of entry: TensorEntry, in file: SafetensorsFile) throws(FileError) -> [Float] {
        var values = [Float](repeating: 7, count: entry.shape.elementCount)
        var span = values.mutableSpan
        try file.read(entry, into: &span)
        return values
    }

    /// A mutator that spoils everything, or nothing, would show nothing; and no document hangs.
    private func expectBoth(_ refusedCount: Int, _ takenCount: Int, _ slowest: Double) {
        #expect(slowest < 5)
        let count = refusedCount + takenCount
        #expect(count < 1000 || min(refusedCount, takenCount) > count / 100, "\(refusedCount) refused, \(takenCount) taken")
    }
}
