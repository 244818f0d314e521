/// A failure of communication between ranks.
public enum CommunicationError: Error, Equatable, CustomStringConvertible {
    /// An MPI function returned an error. `rank` is nil before the group is joined.
    case callFailed(function: String, rank: Int?, code: Int, text: String)
    /// MPI was already started in this process, or has ended.
    case joinedTwice
    /// This MPI library can't be called from several threads.
    case threadsRefused(granted: Int, wanted: Int)
    /// The launcher and MPI disagree on the number of processes.
    case groupSizeDiffers(launcher: String, launched: Int, joined: Int)
    /// A message has the wrong length for its kind.
    case unexpectedLength(operation: String, sender: Int, byteCount: Int)

    public var description: String {
        switch self {
        case .callFailed(let function, let rank, let code, let text):
            let place = rank.map { "rank \($0): " } ?? ""
            return "\(place)\(function) failed with code \(code): \(text). The group can't go on; see the launcher's messages for a lost rank, then start again."
        case .joinedTwice:
            return "This process has joined or left an MPI group already; it can join once. Pass the Communicator on instead."
        case .threadsRefused(let granted, let wanted):
            return """
                MPI grants thread level \(granted), but \(wanted) (MPI_THREAD_MULTIPLE) is needed. \
                Use an MPI built with thread support; Debian's Open MPI has it.
                """
        case .groupSizeDiffers(let launcher, let launched, let joined):
            return """
                \(launcher) started \(launched) processes, but MPI joined \(joined) into a group: they don't find each other. \
                Start with the mpirun of the Open MPI that this program is linked to, or with srun --mpi=pmix.
                """
        case .unexpectedLength(let operation, let sender, let byteCount):
            return """
                \(operation): rank \(sender) sent \(byteCount) bytes, a number has 8. \
                Ranks are not at the same place of the program; do they run the same binary and configuration?
                """
        }
    }
}
