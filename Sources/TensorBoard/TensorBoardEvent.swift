import ProtocolBuffers

/// A step's data for TensorBoard: numbers, histograms, texts. Field numbers are those of TensorFlow's event.proto, summary.proto and tensor.proto.
public struct TensorBoardEvent: Sendable {
    private let step: Int
    /// Seconds since 1970.
    private let wallTime: Double
    private var summary = ProtobufMessage()

    public init(step: Int, wallTime: Double) {
        self.step = step
        self.wallTime = wallTime
    }

    public mutating func add(_ tag: String, scalar: Double) {
        var value = ProtobufMessage()
        value.add(1, text: tag)
        value.add(2, float: Float(scalar))
        add(value)
    }

    public mutating func add(_ tag: String, histogram: Histogram) {
        var value = ProtobufMessage()
        value.add(1, text: tag)
        value.add(5, message: histogram.message)
        add(value)
    }

    /// - Parameter text: Markdown.
    public mutating func add(_ tag: String, text: String) {
        var plugin = ProtobufMessage()
        plugin.add(1, text: "text")
        var metadata = ProtobufMessage()
        metadata.add(1, message: plugin)
        var tensor = ProtobufMessage()
        tensor.add(1, integer: 7)  // DT_STRING
        tensor.add(2, message: ProtobufMessage())  // a scalar's shape
        tensor.add(8, text: text)
        var value = ProtobufMessage()
        value.add(1, text: tag)
        value.add(8, message: tensor)
        value.add(9, message: metadata)
        add(value)
    }

    private mutating func add(_ value: ProtobufMessage) { summary.add(1, message: value) }

    /// The event as a record of a file.
    public var record: [UInt8] {
        var event = ProtobufMessage()
        event.add(1, double: wallTime)
        event.add(2, integer: step)
        event.add(5, message: summary)
        return EventRecord.framed(event.bytes)
    }

    /// The first events of a file: its version, and a session start that makes TensorBoard discard what it read from the run's previous file.
    public static func beginning(wallTime: Double) -> [UInt8] {
        var version = ProtobufMessage()
        version.add(1, double: wallTime)
        version.add(3, text: "brain.Event:2")
        var session = ProtobufMessage()
        session.add(1, integer: 1)  // START
        var start = ProtobufMessage()
        start.add(1, double: wallTime)
        start.add(2, integer: 0)
        start.add(7, message: session)
        return EventRecord.framed(version.bytes) + EventRecord.framed(start.bytes)
    }

    // MARK: Reading events that this module wrote: nine bytes of time, then the step, then the summary

    /// The step of an event; 0 if it has none, as a file's first event.
    static func step(of event: ArraySlice<UInt8>) -> Int {
        let rest = event.dropFirst(9)
        guard rest.first == 0x10 else { return 0 }
        let digits = rest.dropFirst().prefix(10)
        let end = digits.firstIndex { $0 & 0x80 == 0 } ?? digits.endIndex
        let value = digits[..<min(digits.endIndex, end + 1)].reversed().reduce(UInt64(0)) { $0 << 7 | UInt64($1 & 0x7F) }
        return Int(Int64(bitPattern: value))
    }

    static func hasSummary(_ event: ArraySlice<UInt8>) -> Bool {
        let rest = event.dropFirst(9)
        guard rest.first == 0x10, let end = rest.dropFirst().firstIndex(where: { $0 & 0x80 == 0 }) else { return false }
        return rest[end...].dropFirst().first == 0x2A
    }
}
