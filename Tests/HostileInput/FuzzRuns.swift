import SeededRandomness

/// Runs `body` often, each time with a mutator of its own, and prints from which seed: run r starts from seed + r.
///
/// `LSTM_TRAIN_FUZZ_RUNS` says how often instead of `runCount`, and `LSTM_TRAIN_SEED` from which seed instead of a random one; with a failing run's
/// own seed and one run it is done again. A trap ends the process: to find its run, repeat the printed seed and halve the runs.
/// - Returns: the seconds of the slowest run, so that a hang is seen.
public func fuzz(_ test: String, runCount: Int, _ body: (inout Mutator) throws -> Void) rethrows -> Double {
    let seed = numberInEnvironment("LSTM_TRAIN_SEED") ?? UInt64.random(in: .min ... .max)
    let runCount = numberInEnvironment("LSTM_TRAIN_FUZZ_RUNS").map { Int(clamping: $0) } ?? runCount
    print("seed of '\(test)': \(seed), \(runCount) runs")
    let clock = ContinuousClock()
    let begin = clock.now
    var slowest = Duration.zero
    for run in 0..<runCount {
        var mutator = Mutator(seed: seed &+ UInt64(run))
        slowest = max(slowest, try clock.measure { try body(&mutator) })
    }
    print("'\(test)': \(runCount) runs in \(clock.now - begin), the slowest in \(slowest)")
    return slowest / .seconds(1)
}
