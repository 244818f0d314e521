import CMPI
import COpenMPI

/// Carries messages between the ranks' watchdogs, separate from the collectives. Used only by the watchdog's thread.
protocol WatchdogChannel: Sendable {
    /// Doesn't wait for the receiver, which may be stopped.
    func send(_ message: WatchdogMessage, to rank: Int)
    /// Received messages with their senders. Doesn't wait.
    func received() -> [(sender: Int, message: WatchdogMessage)]
}

/// Uses MPI with its own communicator, so that its messages don't mix with the ranks' own.
/// Errors are ignored: if a message doesn't arrive, the sender counts as silent, which is correct.
final class MPIWatchdogChannel: WatchdogChannel, @unchecked Sendable {
    private let communicator: MPI_Comm?
    /// Sends under way, each with the memory that MPI reads.
    private var pending: [(request: MPI_Request?, memory: UnsafeMutableBufferPointer<UInt8>)] = []

    /// Collective.
    init() throws(CommunicationError) {
        var communicator: MPI_Comm?
        try callMPI("MPI_Comm_dup", rank: nil) { MPI_Comm_dup(mpiCommWorld(), &communicator) }
        try callMPI("MPI_Comm_set_errhandler", rank: nil) { MPI_Comm_set_errhandler(communicator, mpiErrorsReturn()) }
        self.communicator = communicator
    }

    // Pending sends keep their memory at the end: MPI_Finalize may still read it, and the process ends anyway.

    func send(_ message: WatchdogMessage, to rank: Int) {
        reclaim()
        let bytes = message.bytes
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = memory.initialize(from: bytes)
        var request: MPI_Request?
        guard MPI_Isend(memory.baseAddress, Int32(memory.count), mpiByte(), Int32(rank), 0, communicator, &request) == mpiSuccess() else {
            memory.deallocate()
            return
        }
        pending.append((request, memory))
    }

    func received() -> [(sender: Int, message: WatchdogMessage)] {
        reclaim()
        var messages: [(sender: Int, message: WatchdogMessage)] = []
        var buffer = [UInt8](repeating: 0, count: WatchdogMessage.largestByteCount)
        while true {
            var isThere: Int32 = 0
            var status = MPI_Status()
            guard MPI_Iprobe(mpiAnySource(), 0, communicator, &isThere, &status) == mpiSuccess(), isThere != 0 else { return messages }
            let sender = status.MPI_SOURCE
            guard MPI_Recv(&buffer, Int32(buffer.count), mpiByte(), sender, 0, communicator, &status) == mpiSuccess() else { return messages }
            var count: Int32 = 0
            guard MPI_Get_count(&status, mpiByte(), &count) == mpiSuccess(), let message = WatchdogMessage(bytes: Array(buffer.prefix(Int(count)))) else { continue }
            messages.append((Int(sender), message))
        }
    }

    /// Frees the memory of completed sends.
    private func reclaim() {
        for index in pending.indices.reversed() {
            var isDone: Int32 = 0
            guard MPI_Test(&pending[index].request, &isDone, mpiIgnoredStatus()) == mpiSuccess(), isDone != 0 else { continue }
            pending.remove(at: index).memory.deallocate()
        }
    }
}
