import Glibc

/// What a launcher (mpirun, srun) told this process about its group, before MPI is started. Read from the environment; no MPI call.
public struct LaunchEnvironment: Sendable, Equatable {
    public enum Launcher: String, Sendable {
        case openMPI = "mpirun"
        case slurm = "srun"
        /// Several tasks that srun started without the means to find each other.
        case slurmWithoutPMI = "srun without PMI"
        case pmix = "a PMIx launcher"
        case pmi = "a PMI launcher"
    }

    /// Who started this process as one of a group; nil if nobody did, and the process is a group of one.
    public let launcher: Launcher?
    /// Processes that the launcher started, where it says so.
    public let rankCount: Int?
    /// This process's place among those on the same host, from 0; 0 where nothing says otherwise.
    public let localRank: Int
    /// This process's place in the whole group, where the launcher says so.
    public let rank: Int?
    /// Processes of the group on this host, at least 1.
    public let localRankCount: Int
    /// This host's name, or "unknown".
    public let hostName: String

    /// Whether a launcher started this process as one of a group (maybe of one).
    public var isLaunched: Bool { launcher != nil }

    /// What this process's environment says.
    public static func current() -> LaunchEnvironment {
        LaunchEnvironment(hostName: currentHostName()) { name in getenv(name).map { String(cString: $0) } }
    }

    /// What `variable`, which returns an environment variable's value by its name, says.
    public init(hostName: String, variable: (String) -> String?) {
        // 32 bits, so that no nonsense overflows below.
        func count(_ name: String) -> Int? { variable(name).flatMap(Int32.init).map(Int.init) }
        let hasPMI = count("PMIX_RANK") != nil || count("PMI_RANK") != nil
        let stepTasks = variable("SLURM_STEP_ID") == nil ? nil : count("SLURM_STEP_NUM_TASKS")
        // mpirun's own variables come first: inside an allocation of Slurm its ranks see Slurm's too, which speak of its daemons.
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

/// Tasks on a node in Slurm's list of them, where "4(x2),3" means 4, 4 and 3; nil if the list doesn't say.
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
    // The last byte stays 0: gethostname need not end a name that it cuts.
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
