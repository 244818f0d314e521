/// A group of processes (ranks) that compute together; a single process is a group of one.
///
/// Every method is collective unless stated otherwise: each rank calls it, in the same order, with the same counts and roots.
/// Only one thread of a rank may call at a time. After a thrown error the group is unusable: report it and call `abort(exitCode:)`.
public protocol Communicator: AnyObject {
    /// This process's rank, starting at 0. Not collective.
    var rank: Int { get }
    /// Number of processes in the group, at least 1. Not collective.
    var rankCount: Int { get }
    /// Records this rank's current phase and its last collectives. Not collective.
    var recorder: FlightRecorder { get }

    /// Sums `values` over all ranks, in place; afterwards every rank holds the same bits.
    ///
    /// The sum is a fixed binary tree over ranks: neighbours in pairs, level by level; the last one of an odd level moves up unchanged.
    /// So the bits depend only on the values and `rankCount`, and if each rank passes a node of a larger tree, the sum is that tree's root.
    /// Subnormal results are flushed or kept according to the calling thread's mode.
    /// - Precondition: `values.count` is the same on every rank. Otherwise MPI may not notice, and may write past the end of the shorter ones.
    /// - Throws: ``CommunicationError`` with the operation, the rank and MPI's own text.
    func sumOverRanks(_ values: inout MutableSpan<Float>) throws(CommunicationError)

    /// Sums `values` over all ranks, in place, in an order that MPI chooses: the bits may depend on the number of ranks, the MPI version and
    /// the network.
    /// - Precondition: as ``sumOverRanks(_:)``.
    /// - Throws: ``CommunicationError``, as ``sumOverRanks(_:)``.
    func sumOverRanksFast(_ values: inout MutableSpan<Float>) throws(CommunicationError)

    /// Each rank's `bytes`, in rank order, on every rank. Lengths may differ and may be 0.
    func gatherEverywhere(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]]

    /// The `bytes` that rank `root` passed, on every rank; the other ranks' argument is ignored.
    /// - Precondition: `root` is a rank of the group.
    func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8]

    /// Returns when every rank has called it.
    func barrier() throws(CommunicationError)

    /// Starts the hang watchdog. If a rank makes no progress for `budgetSeconds`, each live rank calls `onHang`, on a thread of its own,
    /// within about that time, and then the group ends with `exitCode`. A later call replaces the earlier one. ``finish()`` stops the watchdog.
    /// - Parameter budgetSeconds: the same on all ranks; 0 stops watching.
    func watch(budgetSeconds: Double, exitCode: Int32, onHang: @escaping @Sendable (Watchdog.Hang) -> Void) throws(CommunicationError)

    /// Terminates every rank of the group at once; the launcher returns `exitCode`. Not collective: one rank suffices, from any thread.
    func abort(exitCode: Int32) -> Never

    /// Leaves the group. Must be the last call; a launcher considers a rank that exits without it as failed.
    func finish() throws(CommunicationError)
}
