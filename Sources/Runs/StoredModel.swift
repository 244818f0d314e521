package import Checkpoints
package import Configuration
package import Datasets
import Files
package import Kernels
import Layers
package import Models
import StrictJSON

/// A checkpoint's model, described by its tensors and its run's configuration, without the data.
package struct StoredModel {
    let configuration: Configuration
    let checkpoint: StoredCheckpoint

    package init(configuration: Configuration, checkpoint: StoredCheckpoint) {
        self.configuration = configuration
        self.checkpoint = checkpoint
    }

    /// The model's task.
    /// - Parameter meaning: the run's; without it, names of classes and the like are unknown.
    /// - Throws: ``CheckpointError`` if the checkpoint lacks the head.
    package func task(meaning: (any DataMeaning)? = nil) throws -> any LearningTask {
        configuration.source.task(outputCount: try outputCount(), meaning: meaning)
    }

    private func outputCount() throws -> Int { try dimensions(of: "head.weight").rows }

    /// The shape of the network whose parameters the checkpoint contains.
    package func shape() throws -> ModelDescription {
        let form = try task().output
        // The checkpoint decides, so that one of another model is recognised.
        let output = OutputDescription(count: try outputCount(), isEveryStep: form.isEveryStep, loss: form.loss, labelRules: form.labelRules)
        let input: InputKind
        if !configuration.source.hasTokens {
            input = .vectors(featureCount: try featureCount(for: output))
        } else if configuration.model.characters != .none {
            input = .words(
                vocabularyCount: try dimensions(of: "embedding.weight").rows, characterCount: try dimensions(of: "characters.embedding.weight").rows)
        } else if configuration.model.embedding > 0 {
            input = .tokens(vocabularyCount: try dimensions(of: "embedding.weight").rows)
        } else {
            input = .tokens(vocabularyCount: try dimensions(of: "rnn.weight_ih_l0").columns)
        }
        return configuration.modelDescription(reading: input, for: output)
    }

    /// Numbers of the data that the model reads at a time step: from the first tensor whose shape depends on them, whichever layer has it. A dimension grows
    /// evenly with the numbers that a layer reads.
    private func featureCount(for output: OutputDescription) throws -> Int {
        let shapes = (1...2).map { ParameterLayout(configuration.modelDescription(reading: .vectors(featureCount: $0), for: output)).parameters }
        for (one, two) in zip(shapes[0], shapes[1]) {
            guard let axis = one.shape.indices.first(where: { one.shape[$0] != two.shape[$0] }) else { continue }
            let found = try dimensions(of: one.name, count: one.shape.count)
            return max(1, 1 + (found[axis] - one.shape[axis]) / (two.shape[axis] - one.shape[axis]))
        }
        preconditionFailure("no tensor of the model depends on its inputs")
    }

    private func dimensions(of name: String) throws -> (rows: Int, columns: Int) {
        let found = try dimensions(of: name, count: 2)
        return (found[0], found[1])
    }

    private func dimensions(of name: String, count: Int) throws -> [Int] {
        let found = try mappingErrors(try checkpoint.weights.entry(named: name)).shape.dimensions
        guard found.count == count, found.allSatisfy({ $0 >= 1 && $0 <= Int32.max }) else {
            throw TrainingError.noMatrix(checkpoint: checkpoint.path, tensor: name, found: found)
        }
        return found
    }
}

extension StoredCheckpoint {
    /// Precision in which the steps before it were trained.
    package var precision: Precision? { manifest.progress[.precision]?.stringValue.flatMap(Precision.init(rawValue:)) }
}
