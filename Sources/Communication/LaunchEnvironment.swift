import Glibc

/// The launcher's (mpirun's, srun's) description of this process's group, read from the environment before MPI is started; no MPI call.
public struct LaunchEnvironment: Sendable, Equatable {
    public enum Launcher: String, Sendable {
        case openMPI = "mpirun"
        case slurm = "srun"
        /// srun started several tasks without PMI, so they can't find each other.
        case slurmWithoutPMI = "srun without PMI"
        case pmix = "a PMIx launcher"
        case pmi = "a PMI launcher"
    }

    /// The launcher that started this process; nil if there is none, and the process is a group of one.
    public let launcher: Launcher?
    /// Number of processes that the launcher started, if known.
    public let rankCount: Int?
    /// This process's index on its host, from 0; 0 if unknown.
    public let localRank: Int
    /// This process's rank in the whole group, if known.
    public let rank: Int?
    /// Number of the group's processes on this host, at least 1.
    public let localRankCount: Int
    /// This host's name, or "unknown".
    public let hostName: String

    /// Whether a launcher started this process as part of a group (possibly of one).
    public var isLaunched: Bool { launcher != nil }

    /// Reads this process's environment.
    public static func current() -> LaunchEnvironment {
        LaunchEnvironment(hostName: currentHostName()) { name in getenv(name).map { String(cString: $0) } }
    }

    /// Reads environment variables with `variable`, which returns a variable's value by its name.
    public init(hostName: String, variable: (String) -> String?) {
        // 32 bits, so that invalid values can't overflow below.
        func count(_ name: String) -> Int? { variable(name).flatMap(Int32.init).map(Int.init) }
        let hasPMI = count("PMIX_RANK") != nil || count("PMI_RANK") != nil
        let stepTasks = variable("SLURM_STEP_ID") == nil ? nil : count("SLURM_STEP_NUM_TASKS")
        // mpirun's own variables come first: in a Slurm allocation its ranks also see Slurm's, which describe its daemons.
        if let size = count("OMPI_COMM_WORLD_SIZE") {
            (launcher, rankCount) = (.openMPI, size)
        } else if let stepTasks, hasPMI {
            (launcher, rankCount) = (.slurm, stepTasks)
        } else if let stepTasks, stepTasks > 1 {
            (launcher, rankCount) = (.slurmWithoutPMI, stepTasks)
        } else if hasPMI {
            (launcher, rankCount) = count("PMIX_RANK") != nil ? (.pmix, nil) : (.pmi, count("PMI_SIZE"))
        } else {
            (launcher, rankCount) = (nil, nil)
        }
        let isLaunched = launcher != nil
        rank = isLaunched ? count("OMPI_COMM_WORLD_RANK") ?? count("PMIX_RANK") ?? count("PMI_RANK") ?? count("SLURM_PROCID") : nil
        let place = count("OMPI_COMM_WORLD_LOCAL_RANK") ?? count("SLURM_LOCALID") ?? count("MPI_LOCALRANKID")
        let neighbours = count("OMPI_COMM_WORLD_LOCAL_SIZE") ?? count("MPI_LOCALNRANKS")
            ?? tasks(onNode: count("SLURM_NODEID") ?? 0, of: variable("SLURM_STEP_TASKS_PER_NODE") ?? "")
        localRank = isLaunched ? max(0, place ?? 0) : 0
        localRankCount = isLaunched ? max(1, neighbours ?? 1, localRank + 1) : 1
        self.hostName = hostName
    }
}

/// Number of tasks on a node, from Slurm's list, where "4(x2),3" means 4, 4 and 3; nil if the list is invalid or too short.
private func tasks(onNode node: Int, of list: String) -> Int? {
    var nodesBefore = 0
    for entry in list.split(separator: ",") {
        let parts = entry.split(separator: "(x", maxSplits: 1)
        let repeats = parts.count == 2 ? Int(parts[1].dropLast()) : 1
        guard let taskCount = parts.first.flatMap({ Int($0) }), let repeats, 1...1_000_000 ~= repeats else { return nil }
        nodesBefore += repeats
        if node < nodesBefore { return taskCount }
    }
    return nil
}

private func currentHostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    // The last byte stays 0, since gethostname need not terminate a truncated name.
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
