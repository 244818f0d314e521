import Foundation
import Inference

/// The predictions of classes with the highest losses among those added, the highest first; of equal ones the earlier.
struct WorstPredictions {
    struct Example: Equatable {
        /// Index in its part.
        let sequence: Int
        let target: Int
        let predicted: Int
        /// Of the true class.
        let probability: Double
        /// -ln of that.
        let loss: Double
    }

    private(set) var all: [Example] = []
    private let limit: Int

    init(limit: Int = 10) { self.limit = limit }

    /// Skips predictions of numbers.
    mutating func add(_ prediction: Prediction) {
        guard case .token(let target) = prediction.target else { return }
        let largest = Double(prediction.outputs[prediction.likeliest])
        let loss = log(prediction.outputs.reduce(0) { $0 + exp(Double($1) - largest) }) + largest - Double(prediction.outputs[Int(target)])
        guard all.count < limit || loss > all[all.count - 1].loss else { return }
        let place = all.firstIndex { $0.loss < loss } ?? all.count
        all.insert(
            Example(sequence: prediction.sequence, target: Int(target), predicted: prediction.likeliest, probability: exp(-loss), loss: loss), at: place)
        if all.count > limit { all.removeLast() }
    }
}
