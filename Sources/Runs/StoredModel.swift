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
    /// - Throws: ``CheckpointError`` if the checkpoint lacks the head.
    package func task() throws -> LearningTask {
        let outputCount = try dimensions(of: "head.weight").rows
        switch configuration.data.kind {
        case .text, .textWindows, .embeddedReber:
            return .nextToken(vocabularyCount: outputCount, everyStep: configuration.model.headPlacement(for: configuration.data.kind) == .every)
        case .temporalOrder: return .classification(classCount: outputCount)
        case .series, .adding: return .regression(outputCount: outputCount)
        }
    }

    /// The shape of the network whose parameters the checkpoint contains.
    package func shape() throws -> ModelDescription {
        let input: InputKind
        if !configuration.data.kind.hasTokens {
            input = .vectors(featureCount: try dimensions(of: "rnn.weight_ih_l0").columns)
        } else if configuration.model.embedding > 0 {
            input = .tokens(vocabularyCount: try dimensions(of: "embedding.weight").rows)
        } else {
            input = .tokens(vocabularyCount: try dimensions(of: "rnn.weight_ih_l0").columns)
        }
        return configuration.networkShape(reading: input, for: try task())
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
