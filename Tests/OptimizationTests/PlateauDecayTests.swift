import Foundation
import Optimization
import Testing

@Suite("Plateau decay")
struct PlateauDecayTests {
    /// The fixture's cases: losses, and torch's rates after each.
    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let learningRate, factor, threshold, minimumRate: Double
        let patience, cooldown: Int
        let losses, rates: [Double]

        var testDescription: String { "patience \(patience), cooldown \(cooldown), threshold \(threshold), minimum \(minimumRate)" }

        var decay: PlateauDecay {
            PlateauDecay(initialRate: learningRate, factor: factor, patience: patience, threshold: threshold, cooldown: cooldown, minimumRate: minimumRate)
        }
    }

    static let cases: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/schedules/torch-plateau.json")
        return (try? JSONDecoder().decode([Case].self, from: Data(contentsOf: file))) ?? []
    }()

    @Test("there are torch's figures, with several reductions each")
    func fixture() {
        #expect(Self.cases.count == 5 && Self.cases.allSatisfy { Set($0.rates).count >= 3 })
    }

    /// torch multiplies rate by rate, here the power of the factor is taken: some roundings of a Double.
    @Test("the rate falls where torch's ReduceLROnPlateau lets it fall, to the same rate", arguments: cases)
    func torch(figure: Case) {
        var decay = figure.decay
        for (index, loss) in figure.losses.enumerated() {
            decay.add(loss)
            #expect(abs(decay.rate / figure.rates[index] - 1) < 1e-14, "validation \(index)")
        }
    }

    @Test("a decay that goes on from another one's state gives the same rates", arguments: cases)
    func resumed(figure: Case) {
        var whole = figure.decay
        for (index, loss) in figure.losses.enumerated() {
            var again = figure.decay
            again.state = whole.state
            whole.add(loss)
            again.add(loss)
            #expect(again == whole, "validation \(index)")
        }
    }

    @Test("NaN and an equal loss don't improve; a rate at its minimum, or at the end of float32, stays")
    func ends() {
        var decay = PlateauDecay(initialRate: 1, factor: 0.5, patience: 0, minimumRate: 0.3)
        for loss in [2.0, .nan, 2, 2, 2] { decay.add(loss) }
        #expect(decay.rate == 0.3 && decay.state.reductionCount == 2)
        var vanishing = PlateauDecay(initialRate: 1e-37, factor: 0.1, patience: 0)
        for _ in 0..<9 { vanishing.add(2) }
        #expect(vanishing.state.reductionCount == 0 && vanishing.rate == 1e-37)
        var one = PlateauDecay(initialRate: 1, factor: 1, patience: 0)
        for _ in 0..<9 { one.add(2) }
        #expect(one.state.reductionCount == 0)
    }
}
