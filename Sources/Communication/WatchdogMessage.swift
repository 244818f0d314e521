/// A message from one rank's watchdog to another's.
struct WatchdogMessage: Sendable, Equatable {
    enum Kind: UInt64, Sendable {
        /// The sender's state.
        case answer
        /// The sender's state; asks for the receiver's.
        case question
        /// Describes the hung ranks; the receiver reports it too.
        case verdict
    }

    private(set) var kind: Kind
    /// Number of collectives that the sender has started.
    var collectiveCount = 0
    var isInCollective = false
    /// Fraction of its budget that the sender has spent without progress; 1 is all of it.
    var quietShare = 0.0
    var step = 0
    /// The sender's phase, or the verdict.
    var text = ""

    init(standing: FlightRecorder.Position, quietShare: Double) {
        kind = .answer
        collectiveCount = standing.collectiveCount
        isInCollective = standing.isInCollective
        self.quietShare = quietShare
        step = standing.step
        text = standing.phase
    }

    init(verdict: String) {
        kind = .verdict
        text = verdict
    }

    func `as`(_ kind: Kind) -> WatchdogMessage {
        var message = self
        message.kind = kind
        return message
    }

    /// Longer text is truncated.
    static let largestByteCount = 1024
    private static let wordCount = 5

    var bytes: [UInt8] {
        let words = [
            kind.rawValue, UInt64(collectiveCount), isInCollective ? 1 : 0, quietShare.bitPattern, UInt64(step),
        ]
        return littleEndianBytes(of: words) + Array(text.utf8.prefix(Self.largestByteCount - 8 * Self.wordCount))
    }

    /// Nil if `bytes` aren't a valid message.
    init?(bytes: [UInt8]) {
        guard bytes.count >= 8 * Self.wordCount else { return nil }
        let found = words(of: Array(bytes.prefix(8 * Self.wordCount)))
        guard let kind = Kind(rawValue: found[0]) else { return nil }
        self.kind = kind
        collectiveCount = Int(truncatingIfNeeded: found[1])
        isInCollective = found[2] == 1
        quietShare = Double(bitPattern: found[3])
        step = Int(truncatingIfNeeded: found[4])
        text = String(decoding: bytes.dropFirst(8 * Self.wordCount), as: UTF8.self)
    }
}
