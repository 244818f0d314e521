import Inference

extension TrainedModel {
    /// Names of the numbers of a time step that the model continues; of a drawing `dx`, `dy` and `pen`, which is 1 where the pen is lifted after the point.
    /// - Throws: ``ModelError/writesNoFrames(kind:)``.
    public func frameNames() throws(ModelError) -> [String] { try frameGenerator(temperature: 1, seed: 1).names }

    /// Continues a sequence of numbers, or a drawing, step by step: each is drawn from the mixture that the model gives. The same seed gives the same steps on every
    /// machine, which are also those of `lstm-train generate`.
    /// - Parameters:
    ///   - beginning: the first steps in the data's own units, each in the order of ``frameNames()``; may be empty.
    ///   - length: greatest number of steps to generate, 0 or more. A drawing may end before.
    ///   - temperature: divides the scores of the mixture's components and of the pen, and multiplies the variances; 0 takes the likeliest component's mean.
    ///   - seed: different seeds give different steps.
    /// - Returns: the steps including the beginning.
    /// - Throws: ``ModelError/writesNoFrames(kind:)``, ``ModelError/length(_:)``, ``ModelError/temperature(_:)``, ``ModelError/rowWidth(row:found:columns:)``,
    ///   ``ModelError/value(row:column:)``.
    public func continueFrames(_ beginning: [[Double]] = [], length: Int, temperature: Double = 1, seed: UInt64 = 1) throws(ModelError) -> [[Double]] {
        try frameContinuations(of: beginning, count: 1, length: length, temperature: temperature, seed: seed)[0]
    }

    /// Continues a sequence `count` times, each with random numbers of its own: sequence i doesn't depend on `count`, and the first one is that of
    /// ``continueFrames(_:length:temperature:seed:)``.
    /// - Throws: as there, and ``ModelError/count(_:)``.
    public func frameContinuations(
        of beginning: [[Double]] = [], count: Int, length: Int, temperature: Double = 1, seed: UInt64 = 1
    ) throws(ModelError) -> [[[Double]]] {
        guard temperature >= 0, temperature.isFinite else { throw .temperature(temperature) }
        let generator = try frameGenerator(temperature: temperature, seed: seed)
        guard count >= 1 else { throw .count(count) }
        guard (0...generator.largestLength).contains(length) else { throw .length(length) }
        for (place, step) in beginning.enumerated() {
            guard step.count == generator.names.count else { throw .rowWidth(row: place + 1, found: step.count, columns: generator.names) }
            if let wrong = step.firstIndex(where: { !$0.isFinite }) { throw .value(row: place + 1, column: generator.names[wrong]) }
        }
        var sequences: [[[Double]]] = []
        generator.generate(from: beginning, count: count, length: length) { _, steps in
            sequences.append(steps)
            return true
        }
        return sequences
    }

    private func frameGenerator(temperature: Double, seed: UInt64) throws(ModelError) -> FrameGenerator {
        guard task == .frames else { throw .writesNoFrames(kind: kind) }
        return try mappingErrors { try FrameGenerator(run: run, temperature: temperature, seed: seed, team: team) }
    }
}
