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
            return SequenceMeaning.task(configuration.data.target, names: names, counts: nil, loss: configuration.training.numberLoss)
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

    /// The form has what readers find; all that is computed of it is not in it.
    private var preparedReading: PreparedReading {
        let keys = ["format", "target", "label", "columns", "text", "features", "id", "step", "targets", "group", "part", "delimiter", "decimal", "header", "transcriptUnit"]
        return configuration.preparedReading(
            kind: "sequences", keys: keys.map { "data." + $0 },
            others: [
                JSONMember(key: "whether data.missing is \"refuse\"", value: .bool(configuration.data.table.missing == .refuse)),
                JSONMember(key: "whether data.unit is \"word\"", value: .bool(configuration.data.reading.unit == .word)),
            ])
    }
}

extension Configuration {
    /// How files become labelled sequences.
    /// - Parameter evaluated: the range to evaluate; nil to train.
    package func sequenceOptions(evaluating evaluated: EvaluatedRange? = nil) throws(DatasetError) -> SequenceOptions {
        SequenceOptions(
            files: data.files, partFiles: data.partFiles, format: data.format, target: data.target, label: data.label, columns: data.columns, text: data.text,
            textReading: data.reading, wordLimit: data.vocabularySize, tokenizer: data.tokenizer, featureCount: data.features, id: data.id,
            step: data.step, split: try data.split(), evaluated: evaluated, reading: data.table, targets: data.targets, loss: training.numberLoss,
            characterLimit: model.characters == .none ? 0 : model.characterLimit, division: try data.division(), isBucketed: data.bucketing,
            transcriptUnit: data.transcriptUnit, skipsUnalignable: data.unalignable == .skip, standardization: data.standardize, deltaOrder: data.deltas)
    }
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
