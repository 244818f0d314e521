import Testing

/// Tests of the program as users run it. Serialized, because concurrent tests would only wait for each other's cores.
@Suite("the program", .serialized, .enabled(if: ProgramRun.mpirun != nil, "mpirun is not on PATH (apt-get install openmpi-bin)"))
enum ProgramTests {}
