import Datasets
import Foundation
import Runs
import Training

/// Metrics of a model.
struct ModelFigures: Sendable {
    struct Figure: Sendable {
        /// The metric's name on the Hugging Face Hub.
        let type: String
        let name: String
        let value: Double
    }

    /// "validation" or "test".
    let part: String
    let figures: [Figure]

    init(_ evaluation: Evaluation, part: DataPart) {
        self.part = "\(part)"
        figures = evaluation.values.compactMap { value in
            value.metric.card.map { Figure(type: $0.type, name: $0.name, value: value.model) }
        }
    }
}
