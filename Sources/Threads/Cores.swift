import CVector

/// The processor cores that this process may run on, as its affinity mask has it: `mpirun` binds a rank to one core or a few.
public func usableCoreCount() -> Int { Int(CVector.usableCoreCount()) }
