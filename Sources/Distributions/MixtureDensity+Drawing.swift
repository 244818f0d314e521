public import Batches
public import Kernels

extension MixtureDensity {
    /// A step drawn from the mixture: its numbers, and its pen's state, 0 without a pen.
    ///
    /// As in sketch-rnn (Ha & Eck 2018), `temperature` divides the scores of weights and pen states, and multiplies the variances; at 0 the likeliest component's means
    /// and the likeliest state are taken. But a drawing's end, the third state, is drawn with its own probability first unless that is 0: made unlikely after each stroke, it
    /// would never come.
    /// - Parameters:
    ///   - outputs: ``outputCount`` of them.
    ///   - mayEnd: whether a pen may have the third state.
    ///   - counters: of the random numbers: the sample, its row, and its time step, at most ``largestStep``.
    public func draw(
        _ outputs: [Float], temperature: Double, mayEnd: Bool = true, random: Philox, _ counters: (sample: Int, row: Int, step: Int)
    ) -> (numbers: [Double], pen: Int) {
        let first = counters.step * counterStride
        func uniform(_ place: Int) -> Double { random.uniformDouble(counters.sample, counters.row, first + place) }
        let pen = drawnPen(outputs, temperature, mayEnd: mayEnd, levels: (uniform(0), uniform(1)))
        let component = Self.choice(outputs[firstWeight..<firstMean], temperature, uniform(2))
        let numbers = MixtureComponent(self, component).draw(
            outputs, temperature: temperature, normals: { random.normalPair(counters.sample, counters.row, first + 3 + $0) }, uniform: { uniform(3 + $0) })
        return (numbers, pen)
    }

    private func drawnPen(_ outputs: [Float], _ temperature: Double, mayEnd: Bool, levels: (end: Double, state: Double)) -> Int {
        guard penStateCount == 3 else { return penStateCount == 0 ? 0 : Self.choice(outputs[0..<penStateCount], temperature, levels.state) }
        if mayEnd, Self.choice(outputs[0..<3], temperature > 0 ? 1 : 0, levels.end) == 2 { return 2 }
        return Self.choice(outputs[0..<2], temperature, levels.state)
    }

    /// Counters that a step may use.
    private var counterStride: Int { numberCount + 3 }
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
