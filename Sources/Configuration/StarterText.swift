import Datasets

/// Sizes with which a text of a given length learns something, in about a minute if it is small.
///
/// Measured on the first 12 kB of a licence (2 layers of 128 units): 100 steps of 18 streams end at 3.01 nats, 1,500 steps of 8 streams at the higher
/// rate at 1.77.
struct StarterText {
    let length: Int
    /// For windows only.
    var stride = 1
    let batch: Int
    let epochs: Int
    let learningRate: Double

    /// Minimum number of steps for a small text, and enough for a large one to show progress.
    private static let fewestSteps = 1500
    private static let mostSteps = 20_000
    /// Minimum number of symbols to learn from.
    private static let fewestSymbols = 20
    private static let fewestSymbolsOfWindows = 60

    /// - Parameter symbolCount: of the whole text; a tenth is for validation.
    /// - Throws: ``DatasetError/tooFewSymbols(path:symbolCount:neededCount:)``.
    init(streamsOf symbolCount: Int, path: String) throws(DatasetError) {
        let training = try Self.trainingCount(symbolCount, atLeast: Self.fewestSymbols, path: path)
        length = min(50, max(5, (training - 1) / 4))
        // At least 25 chunks per stream and epoch, as far as possible.
        batch = min(50, max(1, training / (length * 25)))
        epochs = Self.epochs(batchCount: (training - 1) / (batch * length))
        learningRate = batch < 50 ? 0.005 : 0.002
    }

    /// The same for windows.
    init(windowsOf symbolCount: Int, path: String) throws(DatasetError) {
        let training = try Self.trainingCount(symbolCount, atLeast: Self.fewestSymbolsOfWindows, path: path)
        // A window must fit into the validation part.
        length = min(40, max(5, (symbolCount - training - 1) / 2))
        stride = training < 5_000 ? 1 : 3
        let windowCount = windowCount(in: training, length: length, ahead: 1, stride: stride)
        batch = min(128, max(1, windowCount / 25))
        epochs = Self.epochs(batchCount: (windowCount + batch - 1) / batch)
        learningRate = batch < 128 ? 0.003 : 0.001
    }

    private static func trainingCount(_ symbolCount: Int, atLeast least: Int, path: String) throws(DatasetError) -> Int {
        guard symbolCount >= least else { throw .tooFewSymbols(path: path, symbolCount: symbolCount, neededCount: least) }
        return symbolCount * 9 / 10
    }

    private static func epochs(batchCount: Int) -> Int {
        let usual = 10
        if batchCount * usual < fewestSteps { return (fewestSteps + batchCount - 1) / batchCount }
        return max(1, min(usual, mostSteps / batchCount))
    }
}
