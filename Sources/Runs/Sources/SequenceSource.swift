package import Configuration
package import Datasets
import Layers
import StrictJSON

/// Labelled sequences.
struct SequenceSource: DataSource {
    private let configuration: Configuration

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    var storedFile: StoredFile? { StoredFile(name: SequenceMeaning.storedName) { try SequenceMeaning(json: Array($0.utf8), file: $1) } }
    var hasTokens: Bool { !configuration.data.text.isEmpty }
    /// The seed also draws the parts.
    var seedEffect: SeedEffect { .contents }

    func task(outputCount: Int, meaning: (any DataMeaning)?) -> any LearningTask {
        guard let meaning = meaning as? SequenceMeaning, meaning.task().output.count == outputCount else {
            // The first output of transcripts is the blank.
            let names = (configuration.data.target == .transcript ? 1..<max(2, outputCount) : 0..<outputCount).map(String.init)
            let (target, hasPen) = (configuration.data.sequenceTarget, configuration.data.format == .strokes)
            return SequenceMeaning.task(
                target, names: names, counts: nil, loss: configuration.training.numberLoss,
                nextNumbers: target == .nextNumbers ? NextNumbersMeaning(configuration.model.mixtureOptions, outputCount: outputCount, hasPen: hasPen) : nil)
        }
        return meaning.task(loss: configuration.training.numberLoss)
    }

    func dataset(evaluating evaluated: EvaluatedRange?, keepsByteOrderMarks: Bool, meaning: (any DataMeaning)?) throws -> any Dataset {
        let options = try configuration.sequenceOptions(evaluating: evaluated)
        let (batch, seed, meaning, prepared) = (configuration.training.batch, configuration.seed, meaning as? SequenceMeaning, configuration.data.prepared)
        let layers = configuration.model.layerDescriptions
        let outputSteps: @Sendable (Int) -> Int = { count in layers.reduce(count) { $1.stepChange.stepCount($0) } }
        // A part alone has no prepared form.
        guard prepared.isEmpty || evaluated != nil else {
            return try LabelledSequences(
                options, prepared: prepared, reading: preparedReading, batchSize: batch, seed: seed, meaning: meaning, outputSteps: outputSteps)
        }
        return try LabelledSequences(options, batchSize: batch, seed: seed, meaning: meaning, outputSteps: outputSteps)
    }

    func prepare(to path: String, command: String) throws -> PreparedFacts? {
        try SequencePreparation(configuration.sequenceOptions(), reading: preparedReading).write(to: path, command: command)
    }

    private static let audioKeys = [
        "audio", "audioFeatures", "frontEnd", "sampleRate", "channel", "windowMilliseconds", "hopMilliseconds", "fftSize", "mels", "coefficients", "lowFrequency", "highFrequency",
        "speeds", "noises",
    ]

    /// The form has what readers find; all that is computed of it is not in it.
    private var preparedReading: PreparedReading {
        let keys = ["format", "target", "label", "columns", "text", "features", "id", "step", "targets", "group", "part", "delimiter", "decimal", "header", "transcriptUnit"]
            + (configuration.data.audio.isEmpty ? [] : Self.audioKeys)
        return configuration.preparedReading(
            kind: "sequences", keys: keys.map { "data." + $0 },
            others: [
                JSONMember(key: "whether data.missing is \"refuse\"", value: .bool(configuration.data.table.missing == .refuse)),
                JSONMember(key: "whether data.unit is \"word\"", value: .bool(configuration.data.reading.unit == .word)),
            ] + (configuration.data.noises.isEmpty ? [] : [JSONMember(key: "training.seed", value: .integer(configuration.training.seed))]))
    }
}

extension Configuration {
    /// How files become labelled sequences.
    /// - Parameter evaluated: the range to evaluate; nil to train.
    package func sequenceOptions(evaluating evaluated: EvaluatedRange? = nil) throws(DatasetError) -> SequenceOptions {
        SequenceOptions(
            files: data.files, partFiles: data.partFiles, format: data.format, target: data.sequenceTarget, label: data.label, columns: data.columns, text: data.text,
            textReading: data.reading, wordLimit: data.vocabularySize, tokenizer: data.tokenizer, featureCount: data.features, id: data.id,
            step: data.step, split: try data.split(), evaluated: evaluated, reading: data.table, targets: data.targets, loss: training.numberLoss,
            characterLimit: model.characters == .none ? 0 : model.characterLimit, division: try data.division(), isBucketed: data.bucketing,
            transcriptUnit: data.transcriptUnit, skipsUnalignable: data.unalignable == .skip,
            audio: data.audio.isEmpty ? nil : try AudioOptions(column: data.audio, frontEnd: data.recordingFrontEnd, changes: data.recordingChanges, seed: seed),
            mixture: model.mixtureOptions, standardization: data.standardize, deltaOrder: data.deltas)
    }
}

extension Configuration.ModelSettings {
    /// The mixture by which the next numbers are predicted.
    fileprivate var mixtureOptions: MixtureOptions { MixtureOptions(componentCount: mixture, family: mixtureFamily, leastDeviation: leastDeviation) }
}

extension Configuration.DataSettings {
    /// How sequences come to their parts; nil for by chance.
    /// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)`` if both a group and a part are named.
    fileprivate func division() throws(DatasetError) -> SequenceDivision? {
        guard part.isEmpty || group.isEmpty else {
            throw .optionOutOfRange(key: "data.group", found: "\"\(group)\"", wanted: "left out: data.part says the part of each sequence")
        }
        return !part.isEmpty ? .part(part) : !group.isEmpty ? .group(group) : nil
    }
}
