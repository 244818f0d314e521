/// Joins the group that this process was started in: ``MPIWorld`` if a launcher (mpirun, srun) started several processes,
/// otherwise ``SingleProcess``, without any MPI call. Call it once per process; collective.
/// - Throws: ``CommunicationError`` if MPI doesn't start, refuses threads, or joins fewer processes than the launcher started.
public func joinGroup() throws(CommunicationError) -> any Communicator {
    let environment = LaunchEnvironment.current()
    guard let launcher = environment.launcher else { return SingleProcess() }
    // Without these checks, ranks that can't find each other would each train alone as rank 0, and write to the same directory.
    if launcher == .slurmWithoutPMI {
        throw .groupSizeDiffers(launcher: launcher.rawValue, launched: environment.rankCount ?? 0, joined: 1)
    }
    let world = try MPIWorld()
    if let launched = environment.rankCount, launched != world.rankCount {
        throw .groupSizeDiffers(launcher: launcher.rawValue, launched: launched, joined: world.rankCount)
    }
    return world
}
