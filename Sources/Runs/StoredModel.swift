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
        let output = OutputDescription(count: try outputCount(), isEveryStep: form.isEveryStep, loss: form.loss)
        let input: InputKind
        if !configuration.source.hasTokens {
            input = .vectors(featureCount: try inputWidth(for: output))
        } else if configuration.model.embedding > 0 {
            input = .tokens(vocabularyCount: try dimensions(of: "embedding.weight").rows)
        } else {
            input = .tokens(vocabularyCount: try dimensions(of: "rnn.weight_ih_l0").columns)
        }
        return configuration.modelDescription(reading: input, for: output)
    }

    /// The width of the data's numbers: the one with which the first parameter whose shape depends on it has the shape that the checkpoint stores.
    private func inputWidth(for output: OutputDescription) throws -> Int {
        func parameters(_ width: Int) -> [Parameter] {
            ModelPlan(configuration.modelDescription(reading: .vectors(featureCount: width), for: output)).parameters.parameters
        }
        let (one, two) = (parameters(1), parameters(2))
        for (first, second) in zip(one, two) {
            guard let axis = first.shape.indices.first(where: { first.shape[$0] != second.shape[$0] }) else { continue }
            let found = try mappingErrors(try checkpoint.weights.entry(named: first.name)).shape.dimensions
            guard found.count == first.shape.count, found.allSatisfy({ $0 >= 1 && $0 <= Int32.max }) else {
                throw TrainingError.noMatrix(checkpoint: checkpoint.path, tensor: first.name, found: found)
            }
            let slope = second.shape[axis] - first.shape[axis]
            return max(1, (found[axis] - first.shape[axis]) / slope + 1)
        }
        return try dimensions(of: "rnn.weight_ih_l0").columns
    }

    private func dimensions(of name: String) throws -> (rows: Int, columns: Int) {
        let found = try mappingErrors(try checkpoint.weights.entry(named: name)).shape.dimensions
        guard found.count == 2, found.allSatisfy({ $0 >= 1 && $0 <= Int32.max }) else {
            throw TrainingError.noMatrix(checkpoint: checkpoint.path, tensor: name, found: found)
        }
        return (found[0], found[1])
    }
}

extension StoredCheckpoint {
    /// Precision in which the steps before it were trained.
    package var precision: Precision? { manifest.progress[.precision]?.stringValue.flatMap(Precision.init(rawValue:)) }
}
