import Foundation
import Inference

/// The examples with the highest losses among those added, the highest first; of equal ones the earlier.
struct HighestLosses<Example> {
    private(set) var all: [(loss: Double, example: Example)] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ loss: Double, _ example: () -> Example) {
        guard all.count < limit || loss > all[all.count - 1].loss else { return }
        all.insert((loss, example()), at: all.firstIndex { $0.loss < loss } ?? all.count)
        if all.count > limit { all.removeLast() }
    }
}

/// The predictions of classes with the highest losses.
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

    private var highest: HighestLosses<Example>
    var all: [Example] { highest.all.map(\.example) }

    init(limit: Int = 10) { highest = HighestLosses(limit: limit) }

    /// Skips predictions of numbers.
    mutating func add(_ prediction: Prediction) {
        guard case .token(let target) = prediction.target else { return }
        let largest = Double(prediction.outputs[prediction.likeliest])
        let loss = log(prediction.outputs.reduce(0) { $0 + exp(Double($1) - largest) }) + largest - Double(prediction.outputs[Int(target)])
        highest.add(loss) {
            Example(sequence: prediction.sequence, target: Int(target), predicted: prediction.likeliest, probability: exp(-loss), loss: loss)
        }
    }
}
