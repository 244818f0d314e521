import Kernels
import NumberText

/// A recommendation or a warning of a diagnosis.
public enum Advice: Sendable, Equatable {
    /// mpirun gives a rank fewer cores than its share.
    case bind(rank: Int, coreCount: Int, share: Int, flag: String)
    /// Number of cores that other programs keep busy.
    case busyMachine(busyCoreCount: Double, coreCount: Int)
    /// The process's control group may use fewer cores than the machine has.
    case coreLimit(limit: Double, threadCount: Int)
    case rebuild(unused: String)
    /// Speed of a step in the other precision, relative to this one.
    case useBFloat16(speedup: Double)
    case leaveBFloat16(speedup: Double)
    /// Number of threads of one rank, and their speed relative to one thread.
    case tooManyThreads(threadCount: Int, speedup: Double)
    case emptyShards(batch: Int, shardCount: Int)
    /// The fastest combination on this machine.
    case fastestHere(rankCount: Int, threadCount: Int, stepsPerSecond: Double)
    /// More machines than `nodeCount` gain less than a tenth; with `mostNodes` of them the sum takes `sumShare` of a step.
    case enoughNodes(nodeCount: Int, mostNodes: Int, sumShare: Double)
    case littleMemory(wantedByteCount: Double, availableByteCount: Double, way: String)
    case littleSpace(wantedByteCount: Double, freeByteCount: Double, path: String)
    case slowDisk(seconds: Double, path: String)
    case volatileDisk(path: String)
    /// The run directory isn't writable.
    case diskRefuses(words: String)
    case noLauncher
    case groupFailed(rankCount: Int, words: String)

    /// Whether this is a problem, not only a possible improvement.
    public var isWarning: Bool {
        switch self {
        case .useBFloat16, .fastestHere, .enoughNodes, .tooManyThreads: false
        default: true
        }
    }
}

extension Advice: CustomStringConvertible {
    public var description: String {
        switch self {
        case .bind(let rank, let coreCount, let share, let flag):
            "rank \(rank) is bound to \(coreCount) of its \(share) cores; give it all of them: mpirun \(flag)"
        case .busyMachine(let busyCoreCount, let coreCount):
            "other programs keep \(decimal((10 * busyCoreCount).rounded() / 10)) of \(coreCount) cores busy: these figures are of a machine that is shared"
        case .coreLimit(let limit, let threadCount):
            "this container may use \(decimal(limit)) cores, and \(threadCount) threads would share them: set parallelism.threads=\(max(1, Int(limit)))"
        case .rebuild(let unused):
            "this processor has \(unused), which this binary leaves unused; build it here: swift build -c release"
        case .useBFloat16(let speedup):
            "training.precision=bfloat16 would be \(decimal(speedup)) times as fast"
        case .leaveBFloat16(let speedup):
            "training.precision=float32 is \(decimal(speedup)) times as fast here"
                + ": products of bfloat16 run at \(printed(PairSpeed.measured.besideFloat32, "%.2f")) × float32's rate"
        case .tooManyThreads(let threadCount, let speedup):
            "\(threadCount) threads are only \(decimal(speedup)) times as fast as one: the model or the batch is small. "
                + "Try ranks instead, raise training.batch, or set parallelism.threads=1 and use the other cores for other seeds"
        case .emptyShards(let batch, let shardCount):
            "training.batch is \(batch), so of \(shardCount) shards some are empty: raise it, or lower parallelism.shards"
        case .fastestHere(let rankCount, let threadCount, let stepsPerSecond):
            "fastest here: \(rankCount == 1 ? "without mpirun" : "\(rankCount) ranks"), \(counted(threadCount, "thread"))"
                + "\(rankCount == 1 ? "" : " each"), \(decimal(stepsPerSecond)) steps a second"
        case .enoughNodes(let nodeCount, let mostNodes, let sumShare):
            "more than \(nodeCount) machine\(nodeCount == 1 ? "" : "s") gain nothing: on \(mostNodes) the sum takes \(Int((100 * sumShare).rounded())) % of a step. "
                + "A larger training.batch gives each more to do, a faster network makes the sum shorter"
        case .littleMemory(let wanted, let available, let way):
            "the ranks of a machine take at least \(bytes(wanted)) of memory, of which \(bytes(available)) are free: lower training.batch or data.length, "
                + "\(way), or use more machines"
        case .littleSpace(let wanted, let free, let path):
            "the run's checkpoints take up to \(bytes(wanted)), and \(path) has \(bytes(free)) free: make room, lower checkpoint.keep, "
                + "or choose another --run-directory"
        case .slowDisk(let seconds, let path):
            "\(path) takes \(decimal(seconds)) s to keep 4 MB: save less often (checkpoint.everyMinutes), or choose a faster disk with --run-directory"
        case .volatileDisk(let path):
            "\(path) lies in memory: a run there is lost when the machine stops"
        case .diskRefuses(let words):
            "a run couldn't be written there: \(words) Choose another --run-directory"
        case .noLauncher:
            "mpirun is not on PATH, so no group of ranks was measured: install Open MPI (apt-get install openmpi-bin)"
        case .groupFailed(let rankCount, let words):
            "a group of \(rankCount) ranks couldn't be measured; its words: \(words)"
        }
    }
}
