import Inference

extension TrainedModel {
    /// Names of the labels whose sets the model continues, in the order of its outputs.
    /// - Throws: ``ModelError/writesNoSets(kind:)``.
    public func labels() throws(ModelError) -> [String] { try setGenerator(temperature: 1, seed: 1).labels }

    /// Continues a sequence of sets of labels by `length` sets: each label of the next set is drawn by its own probability. The same seed gives the same sets
    /// on every machine, which are also those of `lstm-train generate`.
    /// - Parameters:
    ///   - beginning: the labels that are on at each of the first time steps. Where it is empty, a first set is drawn whose labels are on as often as in
    ///     training.
    ///   - length: number of sets to generate, 0 or more.
    ///   - temperature: divides the scores before their sigmoid; 0 takes the labels that are likelier on than off.
    ///   - seed: different seeds give different sets.
    /// - Returns: the sets including the beginning, each in the order of ``labels()``.
    /// - Throws: ``ModelError/writesNoSets(kind:)``, ``ModelError/unknownLabel(step:label:)``, ``ModelError/length(_:)``, ``ModelError/temperature(_:)``.
    public func continueSets(_ beginning: [[String]], length: Int, temperature: Double = 1, seed: UInt64 = 1) throws(ModelError) -> [[String]] {
        try setContinuations(of: beginning, count: 1, length: length, temperature: temperature, seed: seed)[0]
    }

    /// Continues a sequence of sets `count` times, each with random numbers of its own: sequence i doesn't depend on `count`, and the first one is that of
    /// ``continueSets(_:length:temperature:seed:)``.
    /// - Parameters:
    ///   - beginning: as there.
    ///   - count: number of sequences, at least 1. They go through the model together.
    ///   - length: number of sets to generate for each, 0 or more.
    ///   - temperature: divides the scores before their sigmoid.
    ///   - seed: different seeds give different sets.
    /// - Throws: as there, and ``ModelError/count(_:)``.
    public func setContinuations(
        of beginning: [[String]], count: Int, length: Int, temperature: Double = 1, seed: UInt64 = 1
    ) throws(ModelError) -> [[[String]]] {
        guard temperature >= 0, temperature.isFinite else { throw .temperature(temperature) }
        let generator = try setGenerator(temperature: temperature, seed: seed)
        guard count >= 1 else { throw .count(count) }
        guard (0...generator.largestLength).contains(length) else { throw .length(length) }
        var begin: [[Int32]] = []
        for (place, names) in beginning.enumerated() {
            guard let set = generator.set(of: names) else {
                throw .unknownLabel(step: place + 1, label: names.first { !generator.labels.contains($0) } ?? "")
            }
            begin.append(set)
        }
        var sequences: [[[String]]] = []
        generator.generate(from: begin, count: count, length: length) { _, sets in
            sequences.append(sets.map(generator.names))
            return true
        }
        return sequences
    }

    private func setGenerator(temperature: Double, seed: UInt64) throws(ModelError) -> SetGenerator {
        guard task == .labelSets else { throw .writesNoSets(kind: kind) }
        return try mappingErrors { try SetGenerator(run: run, temperature: temperature, seed: seed, team: team) }
    }
}
