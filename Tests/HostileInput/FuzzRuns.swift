import SeededRandomness

/// Runs `body` repeatedly, each time with its own mutator, and prints the first seed: run r uses seed + r.
///
/// `LSTM_TRAIN_FUZZ_RUNS` overrides `runCount`, and `LSTM_TRAIN_SEED` the random first seed; a failed run is repeated with its seed and a single
/// run. A trap ends the process: to find its run, use the printed seed and halve the number of runs.
/// - Returns: seconds of the slowest run, to detect a hang.
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
