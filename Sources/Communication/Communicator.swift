/// A group of processes, the ranks, that compute together; a single process is a group of one.
///
/// Every method is collective unless it says otherwise: each rank calls it, in the same order, with counts and roots that agree.
/// One thread of a rank at a time. After a thrown error the group is unusable: report it and `abort(exitCode:)`.
public protocol Communicator: AnyObject {
    /// This process's place in the group, from 0. Not collective.
    var rank: Int { get }
    /// Processes in the group, at least 1. Not collective.
    var rankCount: Int { get }
    /// What this rank is doing, and its last collectives. Not collective.
    var recorder: FlightRecorder { get }

    /// Replaces `values` by the sum of all ranks' `values`, element by element; afterwards every rank holds the same bits.
    ///
    /// The order of the sum is a fixed binary tree over ranks: neighbours in pairs, level by level; an odd one at a level's end moves up as it is.
    /// So the bits depend on the values and `rankCount` only, and where each rank brings a node of a larger tree, the sum is that tree's root.
    /// Subnormal results are flushed or not as the calling thread is set.
    /// - Precondition: `values.count` is the same on every rank. MPI need not notice if it isn't, and can write past the shorter ones.
    /// - Throws: ``CommunicationError`` with the operation, the rank and MPI's own text.
    func sumOverRanks(_ values: inout MutableSpan<Float>) throws(CommunicationError)

    /// Replaces `values` by the sum of all ranks' `values` in an order that MPI chooses: the bits may differ from one number of ranks,
    /// MPI version or network to another.
    /// - Precondition: as ``sumOverRanks(_:)``.
    /// - Throws: ``CommunicationError``, as ``sumOverRanks(_:)``.
    func sumOverRanksFast(_ values: inout MutableSpan<Float>) throws(CommunicationError)

    /// Each rank's `bytes`, in rank order, on every rank. Lengths may differ and may be 0.
    func gatherEverywhere(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]]

    /// The `bytes` that rank `root` passed, on every rank; what the others pass is ignored.
    /// - Precondition: `root` is a rank of the group.
    func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8]

    /// Returns when every rank has called it.
    func barrier() throws(CommunicationError)

    /// Begins to watch that the ranks get on: when one makes no progress for `budgetSeconds`, each rank that lives calls `onHang`, on a thread of its own,
    /// within about that time, and then the group ends with `exitCode`. A later call takes the place of the one before; ends with ``finish()``.
    /// - Parameter budgetSeconds: the same on all ranks; 0 to watch no more.
    func watch(budgetSeconds: Double, exitCode: Int32, onHang: @escaping @Sendable (Watchdog.Hang) -> Void) throws(CommunicationError)

    /// Ends every rank of the group at once; the launcher returns `exitCode`. Not collective: one rank suffices, from any thread.
    func abort(exitCode: Int32) -> Never

    /// Leaves the group. The last call on it; a launcher takes a rank that ends without it for a failed one.
    func finish() throws(CommunicationError)
}
