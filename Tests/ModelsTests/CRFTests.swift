import Batches
import Foundation
import Kernels
import Layers
import Models
import ReferenceModel
import Testing
import Threads

@Suite("Linear-chain CRF")
struct CRFTests {
    private let lengths = [4, 1, 3]
    private let names = ["B-x", "I-x", "O"]

    private func description(_ loss: Loss, rules: LabelRules? = nil) -> ModelDescription {
        var shape = ModelDescription(
            input: .vectors(width: 2), hidden: 5, layerCount: 1, outputs: 3, head: .everyStep, loss: loss, initialization: .pyTorch)
        shape.labelRules = rules
        return shape
    }

    private func model(_ shape: ModelDescription, _ parameters: FloatView) -> Model {
        let model = Model(shape: shape, gates: .fused, team: ThreadTeam(threadCount: 2, spins: false))
        model.load(parameters)
        return model
    }

    /// All sequences of classes of that length.
    private func sequences(_ length: Int) -> [[Int]] {
        (0..<length).reduce([[]]) { sequences, _ in sequences.flatMap { sequence in (0..<3).map { sequence + [$0] } } }
    }

    @Test(
        "loss, probabilities and classes are those of a sum over every sequence of classes, with and without the rules of tags, however far scores lie apart",
        arguments: [false, true], [1.5, 12, 30, 60, 150, 400])
    func bruteForce(hasRules: Bool, size: Double) throws {
        let seed = UInt64.random(in: 0 ..< 1 << 32)
        var random = SeededNumbers(seed: seed)
        let rules = hasRules ? LabelRules(classes: names) : nil
        let layout = ModelPlan(description(.crf)).parameters
        let parameters = FloatMemory(count: layout.count)
        parameters.view.copy(random.reals(count: layout.count, within: size).map(Float.init))
        var batch = Batch(
            timeCount: 4, lengths: lengths, input: .vectors(random.reals(count: 24, within: 3).map(Float.init), featureCount: 2), globalIndices: [0, 1, 2])
        let targets = random.wholeNumbers(count: 12, below: 3)
        batch.target = .tokenEveryStep((0..<12).map { $0 / 3 < lengths[$0 % 3] ? Int32(targets[$0]) : Batch.padding })
        let plain = model(description(.crossEntropy), parameters.view)
        plain.forward(batch)
        plain.score(batch)
        let scores = (0..<12).map { plain.outputs(row: $0).array().map(Double.init) }
        func values(_ name: String) -> [Double] { parameters.view.array()[layout[name].range].map(Double.init) }
        let (transitions, starts, ends) = (values("crf.transitions"), values("crf.start_transitions"), values("crf.end_transitions"))

        let chain = model(description(.crf, rules: rules), parameters.view)
        chain.forward(batch)
        chain.score(batch)
        let logarithms = (0..<12).map { chain.outputs(row: $0).array() }
        let decoded = (0..<3).map { chain.decodedClasses(ofSequence: $0) }
        let losses = chain.loss(batch, divisor: 1)
        for (sequence, length) in lengths.enumerated() {
            func score(_ classes: [Int]) -> Double {
                var sum = starts[classes[0]] + ends[classes[length - 1]]
                for (time, index) in classes.enumerated() {
                    sum += scores[time * 3 + sequence][index]
                    if time > 0 { sum += transitions[classes[time - 1] * 3 + index] }
                }
                return sum
            }
            let all = sequences(length)
            // From the greatest on, so that no exponential overflows.
            let greatest = all.map(score).max() ?? 0
            let total = all.reduce(0) { $0 + exp(score($1) - greatest) }
            let own = (0..<length).map { targets[$0 * 3 + sequence] }
            #expect(abs(losses.sums[sequence] - (log(total) + greatest - score(own))) < 2e-5 * max(1, abs(greatest)), "seed \(seed)")
            for time in 0..<length {
                for index in 0..<3 {
                    let share = all.filter { $0[time] == index }.reduce(0) { $0 + exp(score($1) - greatest) } / total
                    #expect(abs(exp(Double(logarithms[time * 3 + sequence][index])) - share) < 1e-5 * max(1, size), "seed \(seed)")
                }
            }
            let allowed = all.filter { classes in
                guard hasRules else { return true }
                return classes.indices.allSatisfy { time in classes[time] != 1 || time > 0 && classes[time - 1] != 2 }
            }
            let best = try #require(allowed.max { score($0) < score($1) })
            #expect(decoded[sequence] == best.map(Int32.init), "seed \(seed)")
            #expect(losses.rightCounts[sequence] == zip(best, own).count { $0 == $1 })
        }
    }

    @Test("scores and transitions that are hundreds apart leave probabilities that add up to 1, and a finite gradient")
    func extremes() throws {
        // 276581473: a class that is all but impossible, and then the only possible one.
        for seed in [276_581_473] + (0..<100).map({ _ in UInt64.random(in: 0 ..< 1 << 32) }) { try extremes(seed: seed) }
    }

    private func extremes(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let shape = description(.crf)
        let layout = ModelPlan(shape).parameters
        let parameters = FloatMemory(count: layout.count)
        let gradient = FloatMemory(count: layout.count)
        parameters.view.copy(random.reals(count: layout.count, within: 400).map(Float.init))
        let chain = model(shape, parameters.view)
        let targets: [Int32] = (0..<12).map { place in place / 3 < lengths[place % 3] ? Int32(place % 3) : Batch.padding }
        let numbers = random.reals(count: 24, within: 3).map(Float.init)
        let batch = Batch(
            timeCount: 4, lengths: lengths, input: .vectors(numbers, featureCount: 2), target: .tokenEveryStep(targets), globalIndices: [0, 1, 2])
        chain.forward(batch)
        chain.score(batch)
        for row in (0..<12) where row / 3 < lengths[row % 3] {
            let sum = chain.outputs(row: row).array().reduce(0) { $0 + exp(Double($1)) }
            #expect(abs(sum - 1) < 1e-4, "seed \(seed)")
        }
        #expect(chain.loss(batch, divisor: 1).sums.allSatisfy { $0.isFinite }, "seed \(seed)")
        chain.backward(batch, shards: [0..<3], gradient: gradient.view)
        #expect(gradient.view.array().allSatisfy { $0.isFinite }, "seed \(seed)")
    }

    @Test("schemes of tags: what may follow what; other names have no rules")
    func rules() throws {
        let bio = try #require(LabelRules(classes: ["O", "B-a", "I-a", "I-b"]))
        #expect(bio.starts == [true, true, false, false] && bio.ends == [true, true, true, true])
        #expect((0..<4).map { bio.allows(2, after: $0) } == [false, true, true, false] && (0..<4).allSatisfy { bio.allows(1, after: $0) })
        let ends = try #require(LabelRules(classes: ["O", "B-a", "I-a", "E-a", "S-a"]))
        #expect(ends.starts == [true, true, false, false, true] && ends.ends == [true, false, false, true, true])
        #expect((0..<5).map { ends.allows($0, after: 1) } == [false, false, true, true, false] && (0..<5).map { ends.allows($0, after: 3) } == [true, true, false, false, true])
        for names in [["NOUN", "O"], ["O", "B-a"], ["O", "I-"], ["B-a", "Ix", "I-a"]] { #expect(LabelRules(classes: names) == nil) }
    }
}
