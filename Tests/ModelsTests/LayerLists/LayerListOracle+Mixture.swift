import Batches
import Foundation

extension LayerListOracle {
    /// -ln of a mixture's density, as textbooks have it: a sum of weighted densities, without logarithms.
    func mixtureLoss(_ outputs: [Double], _ density: MixtureDensity, _ target: [Double]) -> Double {
        var loss = 0.0
        if density.penStateCount > 0 {
            let weights = outputs[0..<density.penStateCount].map(exp)
            loss -= log(weights[Int(target[density.numberCount])] / weights.reduce(0, +))
        }
        guard !target[0].isNaN else { return loss }
        let floor = pow(density.leastDeviation, 2)
        let weights = outputs[density.firstWeight..<density.firstMean].map(exp)
        var sum = 0.0
        for component in 0..<density.componentCount {
            let means = (0..<density.numberCount).map { outputs[density.firstMean + component * density.numberCount + $0] }
            let squares = (0..<density.numberCount).map { exp(2 * outputs[density.firstDeviation + component * density.numberCount + $0]) }
            let differences = zip(target, means).map { $0 - $1 }
            var own = 1.0
            if density.isCorrelated {
                let (a, b) = (squares[0] + floor, squares[1] + floor)
                let rho = 0.999 * tanh(outputs[density.firstCorrelation + component]) * sqrt(squares[0] * squares[1] / (a * b))
                let (u, v) = (differences[0] / sqrt(a), differences[1] / sqrt(b))
                own = exp(-(u * u - 2 * rho * u * v + v * v) / (2 * (1 - rho * rho))) / (2 * .pi * sqrt(a * b * (1 - rho * rho)))
            } else {
                for (difference, square) in zip(differences, squares) {
                    let variance = square + floor
                    let z = difference / sqrt(variance)
                    own *= density.family == .gaussian ? exp(-z * z / 2) / sqrt(2 * .pi * variance) : exp(-z) / (sqrt(variance) * pow(1 + exp(-z), 2))
                }
            }
            sum += weights[component] / weights.reduce(0, +) * own
        }
        return loss - log(sum)
    }
}
