import SeededRandomness
import StrictJSON
import Testing

@Suite("JSON written and read")
struct RoundTripTests {
    @Test("random values read back equal, in one line and indented, and are written identically again")
    func randomValues() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        for index in 0..<2_000 {
            let value = generator.value(depth: 6)
            for indented in [false, true] {
                let text = value.serialized(indented: indented)
                let read = try JSONValue.parse(Array(text.utf8))
                #expect(read == value, "value \(index) of seed \(seed): \(text)")
                #expect(read.serialized(indented: indented) == text, "value \(index) of seed \(seed)")
            }
        }
    }

    @Test("random Doubles read back to the bit, and non-finite ones become null")
    func randomReals() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let edges = [0.1, 1e-8, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 1e22, 1e16, 0x1p53]
        for real in edges + (0..<5_000).map({ _ in Double(bitPattern: generator.next()) }) where real.isFinite {
            let read = try JSONValue.parse(Array(JSONValue.real(real).serialized().utf8))
            #expect(read.realValue?.bitPattern == real.bitPattern, "\(real), seed \(seed)")
        }
        #expect([Double.nan, .infinity, -.infinity].allSatisfy { JSONValue.real($0) == JSONValue(.null) })
    }

    @Test("the indented form has two spaces per level, empty lists on one line, and no newline at the end")
    func indented() {
        let value: JSONValue = .object([
            "a": .list([.integer(1), .list([]), .object([:])]), "b\n": .object(["c\u{1B}": .text("é\"\\/\u{7F}")]), "d": .real(0.5),
        ])
        #expect(
            value.serialized(indented: true) == """
                {
                  "a": [
                    1,
                    [],
                    {}
                  ],
                  "b\\n": {
                    "c\\u001B": "é\\"\\\\/\\u007F"
                  },
                  "d": 0.5
                }
                """)
        #expect(value.serialized() == #"{"a":[1,[],{}],"b\n":{"c\u001B":"é\"\\/\u007F"},"d":0.5}"#)
    }

    @Test("comparing values ignores positions, but not literals")
    func equality() throws {
        #expect(try JSONValue.parse(Array("\n {\"a\" : [1]}".utf8)) == .object(["a": .list([.integer(1)])]))
        #expect(try JSONValue.parse(Array("1.0".utf8)) != .integer(1))
    }
}
