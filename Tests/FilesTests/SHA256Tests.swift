import FileFixtures
import Files
import SeededRandomness
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    @Test("The standard's own messages have the standard's hashes")
    func standardMessages() throws {
        #expect(try SHA256.hex(of: [UInt8]()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(try SHA256.hex(of: Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            try SHA256.hex(of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("Pieces of any length give the hash of the whole, in memory and from a file")
    func pieces() throws {
        var numbers = SeededGenerator.announced("pieces")
        let message = (0..<2_500_000).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        let whole = try SHA256.hex(of: message)
        var hash = try SHA256()
        var begin = 0
        while begin < message.count {
            let end = min(message.count, begin + Int(numbers.next() % 100_000))
            try hash.update(message.span.bytes.extracting(begin..<end))
            begin = end
        }
        #expect(try hash.finish() == whole)
        let directory = try TemporaryDirectory()
        #expect(try SHA256.hex(ofFile: directory.file("message", message)) == whole)
    }

    @Test("Floats are hashed as their little-endian bytes")
    func floats() throws {
        let values: [Float] = [1, -0.0]
        #expect(try SHA256.hex(of: values.span) == SHA256.hex(of: [0, 0, 0x80, 0x3F, 0, 0, 0, 0x80]))
    }
}
