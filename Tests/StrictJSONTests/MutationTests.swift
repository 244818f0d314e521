import StrictJSON
import Testing

@Suite("JSON spoilt at random")
struct MutationTests {
    @Test("a spoilt text is refused at a place inside it or read as a value that reads back equal, and never traps")
    func mutations() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var refusedCount = 0
        for run in 0..<6_000 {
            var bytes = Array(generator.value(depth: 4).serialized(indented: run % 2 == 0).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&bytes, with: &generator) }
            do throws(JSONError) {
                let value = try JSONValue.parse(bytes)
                let again = Result { () throws(JSONError) in try JSONValue.parse(Array(value.serialized().utf8)) }
                #expect(again == .success(value), "run \(run) of seed \(seed): \(bytes)")
            } catch {
                refusedCount += 1
                #expect(isInside(error.position, bytes), "run \(run) of seed \(seed): \(error) for \(bytes)")
                #expect(error.message.hasPrefix("found ") && error.message.contains(", expected "), "run \(run) of seed \(seed): \(error)")
            }
        }
        #expect(refusedCount > 1_000, "seed \(seed)")
    }

    /// Changes, removes, doubles or inserts bytes; mostly such as JSON is made of.
    private func mutate(_ bytes: inout [UInt8], with generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let signs = Array("{}[]:,\"\\u0123456789-+.eE tfn\n\u{0}".utf8) + [0x80, 0xC3, 0xED, 0xF0, 0xFF]
        let sign = signs.randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes.insert(sign, at: place)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.insert(contentsOf: bytes.prefix(place), at: place)
        case 3 where place < bytes.count: bytes.remove(at: place)
        default: if place < bytes.count { bytes[place] = sign }
        }
    }

    private func isInside(_ position: JSONPosition, _ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard (1...lines.count).contains(position.line) else { return false }
        return (1...lines[position.line - 1].count + 1).contains(position.column)
    }
}
