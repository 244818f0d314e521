import CMPI
import COpenMPI
import Glibc

/// Exit code of this process if MPI_Abort doesn't end it, for a signal handler. Written once, before the signal can come.
nonisolated(unsafe) private var abortExitCode: Int32 = 70

/// All processes that an MPI launcher started together. At most one instance per process.
public final class MPIWorld: Communicator {
    public let rank: Int
    public let rankCount: Int
    public let recorder = FlightRecorder()

    /// Maximum number of elements (floats or bytes) per MPI call; longer messages are split. At most 2³⁰, since MPI counts in 32 bits.
    /// It also bounds the memory that sums need: 64 MiB.
    package var largestMessageCount = 1 << 24 {
        didSet { precondition(1...(1 << 30) ~= largestMessageCount, "a message of \(largestMessageCount) elements is outside 1...2^30") }
    }

    /// Receive buffer of a sum: all ranks' values of this rank's slice, `[rankCount, slice]`. It grows to the largest slice and is reused.
    var receivedSlices: [Float] = []
    var slices: SliceDivision
    private var watchdog: Watchdog?
    private var isFinished = false

    /// Starts MPI with support for all threads; errors are returned, not fatal.
    /// - Throws: ``CommunicationError`` if MPI was started before, fails, or doesn't grant MPI_THREAD_MULTIPLE.
    public init() throws(CommunicationError) {
        var wasStarted: Int32 = 0
        try callMPI("MPI_Initialized", rank: nil) { MPI_Initialized(&wasStarted) }
        guard wasStarted == 0 else { throw .joinedTwice }
        // Waiting ranks yield their core: where ranks shared their two cores with another job, 1,500 steps of a small model took 2.6 s with yielding
        // and 13 s without. Open MPI reads the variable from the environment; an existing value is kept.
        setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0)
        var grantedLevel: Int32 = 0
        try callMPI("MPI_Init_thread", rank: nil) { MPI_Init_thread(nil, nil, mpiThreadMultiple(), &grantedLevel) }
        try callMPI("MPI_Comm_set_errhandler", rank: nil) { MPI_Comm_set_errhandler(mpiCommWorld(), mpiErrorsReturn()) }
        guard grantedLevel >= mpiThreadMultiple() else {
            throw .threadsRefused(granted: Int(grantedLevel), wanted: Int(mpiThreadMultiple()))
        }
        var place: Int32 = 0
        var size: Int32 = 0
        try callMPI("MPI_Comm_rank", rank: nil) { MPI_Comm_rank(mpiCommWorld(), &place) }
        try callMPI("MPI_Comm_size", rank: nil) { MPI_Comm_size(mpiCommWorld(), &size) }
        rank = Int(place)
        rankCount = Int(size)
        slices = SliceDivision(rankCount: Int(size))
    }

    public func barrier() throws(CommunicationError) {
        try recorder.recorded("barrier", byteCount: 0) { () throws(CommunicationError) in
            try call("MPI_Barrier") { MPI_Barrier(mpiCommWorld()) }
        }
    }

    public func watch(budgetSeconds: Double, exitCode: Int32, onHang: @escaping @Sendable (Watchdog.Hang) -> Void) throws(CommunicationError) {
        watchdog?.stop()
        watchdog = nil
        guard budgetSeconds > 0 else { return }
        let channel = try MPIWatchdogChannel()
        watchdog = Watchdog(
            rank: rank, rankCount: rankCount, recorder: recorder, channel: channel, budgetSeconds: budgetSeconds, onHang: onHang
        ) { Self.endGroup(exitCode: exitCode) }
    }

    public func abort(exitCode: Int32) -> Never { Self.endGroup(exitCode: exitCode) }

    private static func endGroup(exitCode: Int32) -> Never {
        // Where another rank leaves the group at the same moment, MPI_Abort can wait forever. The end of this process then ends the group.
        abortExitCode = exitCode
        signal(SIGALRM) { _ in _exit(abortExitCode) }
        alarm(5)
        // The result is ignored: MPI_Abort doesn't return, and if it did, the end of this rank would end the group.
        _ = MPI_Abort(mpiCommWorld(), exitCode)
        exit(exitCode)
    }

    public func finish() throws(CommunicationError) {
        watchdog?.stop()
        watchdog = nil
        try call("MPI_Finalize") { MPI_Finalize() }
        isFinished = true
    }

    /// Makes one MPI call of this rank and checks it.
    func call(_ function: String, _ body: () -> Int32) throws(CommunicationError) {
        precondition(!isFinished, "\(function) after finish()")
        try callMPI(function, rank: rank, body)
    }
}
