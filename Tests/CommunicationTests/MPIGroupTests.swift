import Testing

/// Tests that start real groups. Serialized, because concurrent groups would only wait for each other's cores.
@Suite("groups of real processes", .serialized, .enabled(if: ProbeRun.mpirun != nil, "mpirun is not on PATH (apt-get install openmpi-bin)"))
enum MPIGroupTests {
    static let rankCounts = [1, 2, 3, 4, 5, 8]
}
