import ProtocolBuffers
import Testing

/// Compares with the bytes in the format's documentation.
@Suite struct ProtobufMessageTests {
    @Test("150 in field 1 is 08 96 01")
    func varint() {
        var message = ProtobufMessage()
        message.add(1, integer: 150)
        #expect(message.bytes == [0x08, 0x96, 0x01])
    }

    @Test("a negative number takes ten bytes")
    func negative() {
        var message = ProtobufMessage()
        message.add(1, integer: -2)
        #expect(message.bytes == [0x08, 0xFE] + Array(repeating: 0xFF, count: 8) + [0x01])
    }

    @Test("text and messages have a length prefix")
    func counted() {
        var inner = ProtobufMessage()
        inner.add(1, integer: 150)
        var message = ProtobufMessage()
        message.add(2, text: "testing")
        message.add(3, message: inner)
        #expect(message.bytes == [0x12, 0x07] + Array("testing".utf8) + [0x1A, 0x03, 0x08, 0x96, 0x01])
    }

    @Test("repeated numbers are packed")
    func packed() {
        var message = ProtobufMessage()
        message.add(6, integers: [3, 270, 86942])
        message.add(16, doubles: [1])
        #expect(message.bytes == [0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05, 0x82, 0x01, 0x08, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    }

    @Test("floats are little-endian")
    func floats() {
        var message = ProtobufMessage()
        message.add(1, float: 1)
        message.add(2, double: -2)
        #expect(message.bytes == [0x0D, 0, 0, 0x80, 0x3F, 0x11, 0, 0, 0, 0, 0, 0, 0, 0xC0])
    }
}
