import HostileInput
import SeededRandomness
import StrictJSON
import Testing

@Suite("Randomly corrupted JSON")
struct MutationTests {
    private static let tokens = [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\\uDC00", "\\u0000", "\u{FEFF}", "\u{0}", "e", "-", ".", "null", "true", "//", "{\"\":",
        "é", "e\u{301}", "𝄞", "[[[[[[[[[[[[[[[[", "{\"a\":1,\"a\":1}", "\r\n",
    ].map { Array($0.utf8) }

    @Test("a corrupted text is rejected at a position inside it or read as a value that reads back equal, and never traps")
    func mutations() {
        var (refusedCount, takenCount) = (0, 0)
        let slowest = fuzz("mutations of JSON", runCount: 80_000) { mutator in
            let other = document(&mutator)
            let bytes = mutator.spoilt(document(&mutator), other: other, tokens: Self.tokens)
            do throws(JSONError) {
                let value = try JSONValue.parse(bytes)
                takenCount += 1
                if !readsBackEqual(value) { Issue.record("seed \(mutator.seed): \(bytes) doesn't read back") }
            } catch {
                refusedCount += 1
                let isSaid = error.message.hasPrefix("found ") && error.message.contains(", expected ")
                if !isInside(error.position, bytes) || !isSaid { Issue.record("seed \(mutator.seed): \(error) for \(bytes)") }
            }
        }
        #expect(slowest < 5)
        // If all texts were rejected, or none, the test would show nothing.
        #expect(refusedCount + takenCount < 1000 || min(refusedCount, takenCount) > (refusedCount + takenCount) / 50, "\(refusedCount), \(takenCount)")
    }

    private func document(_ mutator: inout Mutator) -> [UInt8] {
        var generator = SeededGenerator(seed: mutator.next())
        return Array(generator.value(depth: 3).serialized(indented: Bool.random(using: &mutator)).utf8)
    }

    private func readsBackEqual(_ value: JSONValue) -> Bool {
        [false, true].allSatisfy { indented in
            (try? JSONValue.parse(Array(value.serialized(indented: indented).utf8))) == value
        }
    }

    private func isInside(_ position: JSONPosition, _ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard (1...lines.count).contains(position.line) else { return false }
        return (1...lines[position.line - 1].count + 1).contains(position.column)
    }
}
