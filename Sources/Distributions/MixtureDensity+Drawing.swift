public import Batches
public import Kernels

extension MixtureDensity {
    /// A step drawn from the mixture: its numbers, and its pen's state, 0 without a pen.
    ///
    /// As in sketch-rnn (Ha & Eck 2018), `temperature` divides the scores of weights and pen states, and multiplies the variances; at 0 the likeliest component's means
    /// and the likeliest state are taken.
    /// - Parameters:
    ///   - outputs: ``outputCount`` of them.
    ///   - counters: of the random numbers: the sample, its row, and its time step, at most ``largestStep``.
    public func draw(_ outputs: [Float], temperature: Double, random: Philox, _ counters: (sample: Int, row: Int, step: Int)) -> (numbers: [Double], pen: Int) {
        let first = counters.step * counterStride
        func uniform(_ place: Int) -> Double { random.uniformDouble(counters.sample, counters.row, first + place) }
        let pen = penStateCount == 0 ? 0 : Self.choice(outputs[0..<penStateCount], temperature, uniform(0))
        let component = Self.choice(outputs[firstWeight..<firstMean], temperature, uniform(1))
        let numbers = MixtureComponent(self, component).draw(
            outputs, temperature: temperature, normals: { random.normalPair(counters.sample, counters.row, first + 2 + $0) }, uniform: { uniform(2 + $0) })
        return (numbers, pen)
    }

    /// Counters that a step may use.
    private var counterStride: Int { numberCount + 2 }
    /// A random number's counter has 32 bits.
    public var largestStep: Int { Int(UInt32.max) / counterStride - 1 }

    /// An index drawn with the softmax's probabilities of the scores.
    private static func choice(_ scores: ArraySlice<Float>, _ temperature: Double, _ level: Double) -> Int {
        let places = Array(scores)
        let greatest = Double(places.max() ?? 0)
        guard temperature > 0 else { return places.firstIndex { Double($0) == greatest } ?? 0 }
        let weights = places.map { exponential((Double($0) - greatest) / temperature) }
        var rest = level * weights.reduce(0, +)
        for (place, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return place }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
