/// The same random numbers from the same seed everywhere, so that a failure can be repeated (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// From a fresh seed, or the environment's LSTM_TRAIN_SEED; either is printed.
    public static func announced(_ test: String) -> SeededGenerator {
        let seed = numberInEnvironment("LSTM_TRAIN_SEED") ?? UInt64.random(in: .min ... .max)
        print("seed of '\(test)': \(seed)")
        return SeededGenerator(seed: seed)
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
