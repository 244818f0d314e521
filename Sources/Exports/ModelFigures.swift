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

    init(_ evaluation: Evaluation, part: DataPart, use: ModelUse) {
        self.part = "\(part)"
        guard let accuracy = evaluation.accuracy else {
            var scale = ""
            if case .series = use { scale = ", standardised" }
            figures =
                [Figure(type: "mse", name: "mean squared error" + scale, value: evaluation.loss)]
                + (evaluation.absoluteError.map { [Figure(type: "mae", name: "mean absolute error" + scale, value: $0)] } ?? [])
            return
        }
        var figures = [Figure(type: "loss", name: "cross-entropy, nats", value: evaluation.loss)]
        if case .text = use {
            figures.append(Figure(type: "perplexity", name: "perplexity", value: evaluation.perplexity))
            figures.append(Figure(type: "bits_per_symbol", name: "bits a symbol", value: evaluation.bitsPerSymbol))
        }
        self.figures = figures + [Figure(type: "accuracy", name: "accuracy", value: accuracy)]
    }
}
