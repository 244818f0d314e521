import Foundation
import Inference
import LSTMTraining
import Runs
import Testing

@Suite("how symbols are drawn")
struct SamplingTests {
    /// Scores with the probabilities 0.4, 0.3, 0.15, 0.1, 0.05, in another order, so that no filter can take the first ones.
    static let probabilities = [0.1, 0.4, 0.05, 0.3, 0.15]
    static var scores: [Float] { probabilities.map { Float(log($0)) + 2 } }

    private func kept(_ options: SamplingOptions, _ scores: [Float] = SamplingTests.scores) -> [Int] {
        let weights = SymbolDistribution(scores, options).weights
        return weights.indices.filter { weights[$0] > 0 }
    }

    @Test("top-k keeps the k likeliest, and those equal to the last", arguments: [
        (1, [1]), (2, [1, 3]), (3, [1, 3, 4]), (5, [0, 1, 2, 3, 4]), (9, [0, 1, 2, 3, 4]),
    ])
    func topK(count: Int, symbols: [Int]) {
        #expect(kept(SamplingOptions(temperature: 1, topK: count)) == symbols)
        #expect(kept(SamplingOptions(temperature: 1, topK: 2), [1, 3, 1, 1, 0]) == [0, 1, 2, 3])
    }

    @Test("top-p keeps the fewest likeliest that have the probability; of equal ones the first", arguments: [
        (0.01, [1]), (0.39, [1]), (0.41, [1, 3]), (0.69, [1, 3]), (0.71, [1, 3, 4]), (0.86, [0, 1, 3, 4]), (1.0, [0, 1, 2, 3, 4]),
    ])
    func topP(mass: Double, symbols: [Int]) {
        #expect(kept(SamplingOptions(temperature: 1, topP: mass)) == symbols)
        #expect(kept(SamplingOptions(temperature: 1, topP: 0.49), [0, 0, 0, 0]) == [0, 1])
    }

    /// The entropy is 1.3922 nats. Surprises: 2.3026, 0.9163, 2.9957, 1.2040, 1.8971; so the distances are 0.9104, 0.4759, 1.6035, 0.1883, 0.5049,
    /// and the order is 3, 1, 4, 0, 2.
    @Test("typical keeps the symbols whose surprise is nearest to the entropy", arguments: [
        (0.01, [3]), (0.29, [3]), (0.31, [1, 3]), (0.71, [1, 3, 4]), (0.86, [0, 1, 3, 4]), (0.96, [0, 1, 2, 3, 4]), (1.0, [0, 1, 2, 3, 4]),
    ])
    func typicalSymbols(mass: Double, symbols: [Int]) {
        #expect(kept(SamplingOptions(temperature: 1, typical: mass)) == symbols)
        // All are as near as the first.
        #expect(kept(SamplingOptions(temperature: 1, typical: 0.3), [2, 2, 2, 2]) == [0, 1, 2, 3])
    }

    @Test("a filter sees the probabilities that the ones before it left")
    func order() {
        // Of 0.4 and 0.3 after top-k, 0.4 has 0.571: more than 0.55, and less than it without top-k.
        #expect(kept(SamplingOptions(temperature: 1, topK: 2, topP: 0.55)) == [1])
        #expect(kept(SamplingOptions(temperature: 1, topP: 0.55)) == [1, 3])
        // A temperature of 1/2 squares the probabilities: 0.16 of 0.285 is 0.561.
        #expect(kept(SamplingOptions(temperature: 0.5, topP: 0.55)) == [1])
        // After top-k 2 the entropy is 0.683; surprises are 0.560 and 0.847, distances 0.123 and 0.164: the likelier one is more typical.
        #expect(kept(SamplingOptions(temperature: 1, topK: 2, typical: 0.2)) == [1])
    }

    @Test("the repetition penalty divides positive scores and multiplies negative ones, before the temperature")
    func repetitionPenalty() {
        let isRepeated = [true, true, false, false]
        let options = SamplingOptions(temperature: 2, repetitionPenalty: 4)
        let penalized = SymbolDistribution([2, -1, 1, -3], isRepeated: isRepeated, options)
        #expect(penalized.weights == SymbolDistribution([0.5, -4, 1, -3], SamplingOptions(temperature: 2)).weights)
        #expect(penalized.likeliest == 2)
        #expect(SymbolDistribution([2, -1, 1, -3], isRepeated: isRepeated, SamplingOptions(temperature: 0, repetitionPenalty: 4)).symbol(at: 0) == 2)
    }

    @Test("a symbol is drawn with its share of what is kept, and one that is left out never")
    func drawing() {
        let distribution = SymbolDistribution(Self.scores, SamplingOptions(temperature: 1, topK: 3))
        var counts = Array(repeating: 0, count: 5)
        for step in 0..<1000 { counts[distribution.symbol(at: Float(step) / 1000)] += 1 }
        #expect(counts[0] == 0 && counts[2] == 0)
        for symbol in [1, 3, 4] { #expect(abs(Double(counts[symbol]) - 1000 * Self.probabilities[symbol] / 0.85) < 2, "\(counts)") }
        // The likeliest one isn't typical here, and isn't drawn even at the very end.
        let typical = SymbolDistribution(Self.scores, SamplingOptions(temperature: 1, typical: 0.2))
        #expect(typical.likeliest == 1)
        for fraction: Float in [0, 0.5, 1 - .ulpOfOne / 2] { #expect(typical.symbol(at: fraction) == 3) }
    }

    @Test("each option out of range is named, and a filter at temperature 0", arguments: [
        (SamplingOptions(temperature: -1), "--temperature is -1.0; it must be 0 or more."), (SamplingOptions(temperature: .nan), "--temperature is nan; "),
        (SamplingOptions(temperature: 1, topK: 0), "--top-k is 0; it must be at least 1."), (SamplingOptions(temperature: 1, topP: 0), "--top-p is 0.0; it must be above 0"),
        (SamplingOptions(temperature: 1, topP: 1.5), "--top-p is 1.5; "), (SamplingOptions(temperature: 1, typical: .nan), "--typical is nan; "),
        (SamplingOptions(temperature: 1, repetitionPenalty: 0), "--repetition-penalty is 0.0; it must be above 0."),
        (SamplingOptions(temperature: 0, topP: 0.9), "--top-p has no effect with --temperature 0"),
        (SamplingOptions(temperature: 0, typical: 0.9), "--typical has no effect with --temperature 0"),
    ])
    func faults(options: SamplingOptions, words: String) throws {
        #expect(try #require(options.fault).sentence { $0.flag }.hasPrefix(words))
    }

    @Test("a penalty goes with temperature 0, and all filters go together")
    func noFaults() {
        #expect(SamplingOptions(temperature: 0, repetitionPenalty: 1.2).fault == nil)
        #expect(SamplingOptions(temperature: 1, topK: 1, topP: 1, typical: 0.01, repetitionPenalty: 0.5).fault == nil)
    }
}

@Suite("texts of a trained model under sampling options")
struct SampledTextTests {
    @Test("text i doesn't depend on the number of texts, also where they go through the model in several passes; the first is that of one alone",
        arguments: ["text", "textWindows"])
    func samples(kind: String) throws {
        let example = try TrainedExample.text(kind: kind)
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let sampling = TextSampling(temperature: 1.5, topK: 12, topP: 0.98, typical: 0.97, repetitionPenalty: 1.1, seed: 7)
        let many = try model.continuations(of: "The c", count: 40, length: 24, sampling: sampling)
        #expect(many.count == 40 && Set(many).count > 30)
        #expect(try model.continuations(of: "The c", count: 3, length: 24, sampling: sampling) == Array(many.prefix(3)))
        #expect(try model.continueText("The c", length: 24, sampling: sampling) == many[0])
    }

    @Test("top-k 1 and a tiny top-p are temperature 0; a repetition penalty changes the text")
    func extremes() throws {
        let example = try TrainedExample.text()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let likeliest = try model.continueText("The c", length: 30, temperature: 0)
        #expect(try model.continueText("The c", length: 30, sampling: TextSampling(topK: 1, seed: 5)) == likeliest)
        #expect(try model.continueText("The c", length: 30, sampling: TextSampling(topP: 1e-9, seed: 6)) == likeliest)
        #expect(try model.continueText("The c", length: 30, sampling: TextSampling(temperature: 0, repetitionPenalty: 3)) != likeliest)
    }

    @Test("options out of range are rejected by their names in Swift")
    func refusals() throws {
        let example = try TrainedExample.text()
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let topK = #expect(throws: ModelError.self) { try model.continueText("a", length: 3, sampling: TextSampling(topK: 0)) }
        #expect("\(try #require(topK))" == "topK is 0; it must be at least 1.")
        #expect(throws: ModelError.temperature(-1)) { try model.continueText("a", length: 3, sampling: TextSampling(temperature: -1)) }
        #expect(throws: ModelError.count(0)) { try model.continuations(of: "a", count: 0, length: 3, sampling: TextSampling()) }
    }
}
