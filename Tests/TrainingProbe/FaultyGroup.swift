import Communication

/// Another group with corrupted sums on one rank.
final class FaultyGroup: Communicator {
    private let own: any Communicator
    private let faults: [Fault]
    private var sumCount = 0

    init(_ own: any Communicator, faults: [Fault]) {
        self.own = own
        self.faults = faults
    }

    var rank: Int { own.rank }
    var rankCount: Int { own.rankCount }
    var recorder: FlightRecorder { own.recorder }

    func sumOverRanks(_ values: inout MutableSpan<Float>) throws(CommunicationError) {
        sumCount += 1
        let due = faults.filter { $0.rank == rank && $0.place == sumCount }
        if due.contains(where: { $0.kind == .gradient }) { values[values.count / 2] = .nan }
        try own.sumOverRanks(&values)
        if due.contains(where: { $0.kind == .flip }) {
            values[values.count / 2] = Float(bitPattern: values[values.count / 2].bitPattern ^ 1 << 23)
        }
    }

    func sumOverRanksFast(_ values: inout MutableSpan<Float>) throws(CommunicationError) { try own.sumOverRanksFast(&values) }
    func gatherEverywhere(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] { try own.gatherEverywhere(bytes) }
    func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] { try own.broadcast(bytes, from: root) }
    func barrier() throws(CommunicationError) { try own.barrier() }
    func watch(budgetSeconds: Double, exitCode: Int32, onHang: @escaping @Sendable (Watchdog.Hang) -> Void) throws(CommunicationError) {
        try own.watch(budgetSeconds: budgetSeconds, exitCode: exitCode, onHang: onHang)
    }
    func abort(exitCode: Int32) -> Never { own.abort(exitCode: exitCode) }
    func finish() throws(CommunicationError) { try own.finish() }
}
