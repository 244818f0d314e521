import CVector

/// Runs `work` on this thread with denormals flushed to zero, on input and output, as on every thread of a team.
public func withDenormalsFlushed<Result>(_ work: () throws -> Result) rethrows -> Result {
    let before = flushDenormals()
    defer { restoreFloatingPoint(before) }
    return try work()
}
