import CVector

/// The number of processor cores in this process's affinity mask: `mpirun` binds a rank to one core or a few.
public func usableCoreCount() -> Int { Int(CVector.usableCoreCount()) }
