import CVector
package import Kernels

/// The scores of one sequence at each of its time steps, among those of its batch.
package struct CTCRows {
    let outputs: FloatView
    let outputCount: Int
    /// Floats of a row: `outputCount` and more, whole vectors.
    let outputWidth: Int
    let sequence: Int
    let sequenceCount: Int
    /// Of the sequence.
    let timeCount: Int

    package init(outputs: FloatView, outputCount: Int, outputWidth: Int, sequence: Int, sequenceCount: Int, timeCount: Int) {
        (self.outputs, self.outputCount, self.outputWidth) = (outputs, outputCount, outputWidth)
        (self.sequence, self.sequenceCount, self.timeCount) = (sequence, sequenceCount, timeCount)
    }

    subscript(time: Int) -> FloatView { outputs.slice(from: (time * sequenceCount + sequence) * outputWidth, count: outputWidth) }

    /// Replaces a time step's scores by their softmax, and sets the columns behind the last output to 0.
    /// - Returns: ln Σ e^score.
    func normalize(_ time: Int) -> Double {
        let row = self[time]
        let largest = row.slice(from: 0, count: outputCount).largest
        for index in stride(from: 0, to: outputWidth, by: laneCount) { row.setLane(exponential(row.lane(at: index) - Lane(repeating: largest)), at: index) }
        for index in outputCount..<outputWidth { row[index] = 0 }
        var chains = SIMD16<Float>(repeating: 0)
        for index in stride(from: 0, to: outputWidth, by: 16) { chains += row.sixteen(at: index) }
        let sum = treeSum(chains)
        row.scale(by: 1 / sum)
        return Double(largest) + naturalLogarithm(Double(sum))
    }

    /// Replaces a time step's scores by the logarithms of their softmax.
    func takeLogarithms(_ time: Int) {
        let scores = self[time].slice(from: 0, count: outputCount).array()
        let normalizer = normalize(time)
        for index in 0..<outputCount { self[time][index] = Float(Double(scores[index]) - normalizer) }
    }

    /// The output with the highest score at each time step, the first one of equals: the likeliest alignment.
    var likeliest: [Int32] {
        (0..<timeCount).map { time in
            let row = self[time]
            return Int32((1..<outputCount).reduce(0) { row[$1] > row[$0] ? $1 : $0 })
        }
    }
}
