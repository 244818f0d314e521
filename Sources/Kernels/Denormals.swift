import CVector

/// Runs `work` on this thread with denormal numbers read and written as 0, as on every thread of a team.
public func withDenormalsFlushed<Result>(_ work: () throws -> Result) rethrows -> Result {
    let before = flushDenormals()
    defer { restoreFloatingPoint(before) }
    return try work()
}
