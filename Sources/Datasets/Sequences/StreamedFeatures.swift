public import Batches

/// The inputs of a sequence whose numbers come one time step after the other: as ``SequenceInputs`` has them, as soon as they can be known.
public struct StreamedFeatures: Sendable {
    /// Numbers of a time step as they come.
    public let width: Int
    /// Time steps after its own that a step's inputs depend on: two for each order of deltas.
    public let lookahead: Int
    private let features: SequenceFeatures
    private let inputWidth: Int
    /// The newest time steps, as many as are needed.
    private var frames: [[Double]] = []
    /// Number of the first of them, and of the first step without inputs.
    private var first = 0
    private var next = 0
    private let name: String

    /// - Parameters:
    ///   - options: those of the run.
    ///   - meaning: the run's, which has numbers as inputs.
    ///   - name: where the numbers come from, for messages.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` for inputs that depend on the whole sequence.
    public init(options: SequenceOptions, meaning: SequenceMeaning, name: String) throws(DatasetError) {
        guard meaning.inputVocabulary == nil, meaning.target != .next else {
            throw .optionOutOfRange(key: "data.text", found: "the inputs", wanted: "left out: a stream has numbers")
        }
        guard options.standardization == .training else {
            throw .optionOutOfRange(
                key: "data.standardize", found: "\"\(options.standardization.rawValue)\"",
                wanted: "\"training\" for a stream, since the mean of a whole sequence isn't known before its end. Train so")
        }
        guard !options.allowsMissing else {
            throw .optionOutOfRange(key: "data.missing", found: "\"\(options.reading.missing)\"", wanted: "\"refuse\" for a stream. Train so")
        }
        features = SequenceFeatures(options: options, stored: meaning.inputScale)
        inputWidth = meaning.inputScale.count
        width = inputWidth / (1 + options.deltaOrder)
        lookahead = 2 * options.deltaOrder
        self.name = name
    }

    /// Takes a further time step.
    /// - Precondition: it has ``width`` numbers.
    public mutating func add(_ frame: [Double]) {
        precondition(frame.count == width)
        frames.append(frame)
    }

    /// Time steps whose inputs are known, and not taken yet.
    /// - Parameter isEnd: whether no further step comes.
    public func readyCount(isEnd: Bool) -> Int { max(0, first + frames.count - next - (isEnd ? 0 : lookahead)) }

    /// The inputs of the next `count` time steps as a batch of one sequence.
    /// - Precondition: `count` is at least 1 and at most ``readyCount(isEnd:)``.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``.
    public mutating func batch(count: Int) throws(DatasetError) -> Batch {
        precondition(count > 0 && count <= readyCount(isEnd: true))
        let until = min(frames.count, next - first + count + lookahead)
        let inputs = try features.inputs(of: Array(frames[..<until].joined()), path: name)
        let own = Array(inputs[(next - first) * inputWidth..<(next - first + count) * inputWidth])
        next += count
        // As many as the deltas of the next step look back.
        let unneeded = max(0, next - lookahead - first)
        frames.removeFirst(unneeded)
        first += unneeded
        return Batch(timeCount: count, lengths: [count], input: .vectors(own, featureCount: inputWidth), globalIndices: [0])
    }

    /// Begins another sequence.
    public mutating func reset() {
        frames = []
        (first, next) = (0, 0)
    }
}
