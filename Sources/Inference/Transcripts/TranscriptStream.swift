import Batches
public import Datasets
import Files
import Layers
import Models
import NumberText
import Runs
public import Threads

/// Writes down what a sequence says while its time steps come: the likeliest symbol of each step of the top layer, which no later step changes.
public final class TranscriptStream {
    private let network: Model
    private let state: RecurrentState
    private let meaning: SequenceMeaning
    private var features: StreamedFeatures
    /// Time steps that become one of the top layer.
    private let stepRatio: Int
    private var lastOutput = CTC.blank
    private var isFirst = true

    private static let largestLineByteCount = 1 << 20

    /// - Parameter meaning: that of `run`.
    /// - Throws: ``PredictionError/cannotStream(layer:)`` for a layer that needs later steps, ``DatasetError`` for inputs that need the whole sequence, and
    ///   ``CheckpointError`` if the weights can't be read.
    public init(run: TrainedRun, meaning: SequenceMeaning, team: ThreadTeam) throws {
        let shape = run.configuration.modelDescription(reading: meaning.input, for: meaning.task().output)
        if let place = shape.layers.firstIndex(where: { !$0.streams }) {
            let isBidirectional = if case .recurrent(let layer) = shape.layers[place] { layer.isBidirectional } else { false }
            throw PredictionError.cannotStream(layer: place + 1, isBidirectional: isBidirectional)
        }
        self.meaning = meaning
        features = try StreamedFeatures(options: run.configuration.sequenceOptions(), meaning: meaning, name: standardInputName)
        network = try run.network(shape: shape, team: team)
        state = RecurrentState(network.plan.state, sequenceCount: 1)
        stepRatio = shape.layers.reduce(1) { $0 * $1.stepChange.stride }
    }

    /// How long a symbol takes, for the user.
    public var latencyWords: String {
        let after = features.lookahead
        return "a symbol is written when the \(stepRatio == 1 ? "time step" : "\(stepRatio) time steps") that say\(stepRatio == 1 ? "s" : "") it have come"
            + (after > 0 ? ", and the \(after) after them, which data.deltas looks at" : "")
    }

    /// The symbols that become certain with a further time step.
    /// - Throws: ``DatasetError/valueOutOfScale(path:row:column:)``.
    public func add(_ frame: [Double]) throws -> String {
        features.add(frame)
        let count = features.readyCount(isEnd: false) / stepRatio * stepRatio
        return count > 0 ? try read(count) : ""
    }

    /// The last symbols; what comes next is another sequence.
    public func finish() throws -> String {
        let count = features.readyCount(isEnd: true)
        let rest = count > 0 ? try read(count) : ""
        features.reset()
        state.reset()
        (lastOutput, isFirst) = (CTC.blank, true)
        return rest
    }

    private func read(_ count: Int) throws -> String {
        let batch = try features.batch(count: count)
        network.forward(batch, state: state)
        network.score(batch)
        network.advance(state, lengths: batch.lengths)
        var text = ""
        for output in network.outputLogarithms(ofSequence: 0, batch).greedyAlignment {
            defer { lastOutput = output }
            guard output != CTC.blank, output != lastOutput else { continue }
            let isWord = meaning.transcripts?.unit == .word
            text += (isWord && !isFirst ? " " : "") + meaning.classes[Int(output) - 1]
            isFirst = false
        }
        return text
    }

    /// Reads time steps from standard input, a line of numbers each, with commas or blanks between them; an empty line ends a sequence.
    /// - Parameter write: called with what becomes certain, and whether the sequence ends with it; returns whether to read on.
    /// - Throws: ``DatasetError`` for a line that isn't numbers, or for other than ``StreamedFeatures/width`` of them.
    public func readStandardInput(_ write: (_ text: String, _ isEnd: Bool) -> Bool) throws {
        do {
            var lines = try LineReader(ofFile: nil)
            var (number, isInside) = (0, false)
            while let line = try lines.next(atMost: Self.largestLineByteCount) {
                number += 1
                let fields = String(decoding: line, as: UTF8.self).split { $0.isWhitespace || $0 == "," }
                guard !fields.isEmpty else {
                    if isInside, try !write(finish(), true) { return }
                    isInside = false
                    continue
                }
                isInside = true
                guard try write(add(frame(fields, line: number, byteCount: line.count)), false) else { return }
            }
            if isInside { _ = try write(finish(), true) }
        } catch let error as FileError {
            throw DatasetError.unreadableFile(path: standardInputName, reason: error.reason)
        }
    }

    private func frame(_ fields: [Substring], line: Int, byteCount: Int) throws(DatasetError) -> [Double] {
        func fault(_ reason: String) -> DatasetError { .malformedFile(path: standardInputName, line: line, column: 1, reason: reason) }
        guard byteCount <= Self.largestLineByteCount, fields.count == features.width else {
            throw fault("the line has \(counted(fields.count, "number")), and a time step has \(features.width). Fix it, or leave it out")
        }
        var frame: [Double] = []
        for field in fields {
            guard let value = Double(String(field)), value.isFinite else { throw fault("'\(field.prefix(40))' isn't a number. Fix it, or leave the line out") }
            frame.append(value)
        }
        return frame
    }
}
