import Layers
import Models
import ReferenceModel

/// The largest |found - wanted|, measured against the largest |wanted| of the list; infinite if lengths differ or a number is NaN.
func relativeDifference(_ found: [Float], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let size = wanted.reduce(1e-30) { max($0, abs($1)) }
    return zip(found, wanted).reduce(0) { largest, pair in
        let difference = abs(Double(pair.0) - pair.1) / size
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}

/// How far a pass is from figures in Double: what differs, and by how much.
struct Difference: Comparable {
    var name: String
    var size: Double

    static func < (a: Difference, b: Difference) -> Bool { a.size < b.size }
}

/// Each tensor of a pass beside its figure. Losses and outputs are in the order of sequences.
func differences(
    _ pass: Pass, _ shape: ModelDescription, lengths: [Int], loss: Double, divisor: Int, outputs: [[[Double]]], gradients: [String: [Double]],
    finalStates: ReferenceModel.States
) -> [Difference] {
    var list = [Difference(name: "loss", size: abs(pass.loss / Double(divisor) - loss) / max(abs(loss), 1e-30))]
    var found: [Float] = []
    for (sequence, rows) in outputs.enumerated() {
        for row in rows.indices {
            found += pass.outputs[shape.head == .everyStep ? row * lengths.count + sequence : sequence]
        }
    }
    list.append(Difference(name: "outputs", size: relativeDifference(found, outputs.flatMap { $0.flatMap { $0 } })))
    for parameter in ParameterLayout(shape).parameters {
        let wanted = gradients[parameter.name, default: []]
        list.append(Difference(name: parameter.name, size: relativeDifference(Array(pass.gradient[parameter.range]), wanted)))
    }
    let states = lengths.indices.flatMap { sequence in
        shape.layers.indices.flatMap { finalStates.h[$0][sequence] + finalStates.c[$0][sequence] }
    }
    list.append(Difference(name: "states", size: relativeDifference(pass.states, states)))
    return list
}
