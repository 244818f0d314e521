import CMPI
import COpenMPI
import Glibc

/// All processes that an MPI launcher started together. One a process.
public final class MPIWorld: Communicator {
    public let rank: Int
    public let rankCount: Int
    public let recorder = FlightRecorder()

    /// Elements (floats or bytes) that one MPI call moves at most; longer ones are cut. At most 2³⁰, since MPI counts in 32 bits.
    /// It also bounds the memory that sums need: 64 MiB.
    package var largestMessageCount = 1 << 24 {
        didSet { precondition(1...(1 << 30) ~= largestMessageCount, "a message of \(largestMessageCount) elements is outside 1...2^30") }
    }

    /// What all ranks sent for this rank's slice of a sum, `[rankCount, slice]`; grows to the largest met and is used again.
    var receivedSlices: [Float] = []
    var slices: SliceDivision
    private var watchdog: Watchdog?
    private var isFinished = false

    /// Starts MPI for all threads, with errors returned rather than fatal.
    /// - Throws: ``CommunicationError`` if MPI was started before, fails, or doesn't grant MPI_THREAD_MULTIPLE.
    public init() throws(CommunicationError) {
        var wasStarted: Int32 = 0
        try callMPI("MPI_Initialized", rank: nil) { MPI_Initialized(&wasStarted) }
        guard wasStarted == 0 else { throw .joinedTwice }
        // Who waits gives the core to whoever else wants it: where ranks shared their two cores with another job, 1,500 steps of a small model
        // took 2.6 s so, and 13 without. Open MPI reads it from the environment; who set it otherwise is left alone.
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
        // Its result says nothing: it doesn't return, and if it did, this rank's own end would take the group down.
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
