import Foundation
import Optimization
import Testing

@Suite("The learning rate over epochs and steps")
struct LearningRateTests {
    private struct Figures: Decodable {
        let figures: [Figure]
    }

    private struct Figure: Decodable {
        struct Settings: Decodable { let factor: Double?, power: Double?, minimum: Double?, riseFraction: Double?, period: Int?, restartFactor: Int? }
        let schedule: String
        let initial: Double
        let warmupSteps: Int
        let settings: Settings
        let rates: [Double]

        var shape: LearningRate.Schedule? {
            let period = settings.period ?? 1
            return switch schedule {
            case "constant": .constant
            case "exponential": .exponential(factor: settings.factor ?? 1)
            case "polynomial": .polynomial(period: period, power: settings.power ?? 1, minimum: settings.minimum ?? 0)
            case "cosine": .cosine(period: period, restartFactor: settings.restartFactor ?? 0, minimum: settings.minimum ?? 0)
            case "oneCycle": .oneCycle(period: period, riseFraction: settings.riseFraction ?? 0.3)
            case "inverseRoot": .inverseRoot(period: period)
            default: nil
            }
        }
    }

    private static func figures() throws -> [Figure] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/optimizers/rates.json")
        return try JSONDecoder().decode(Figures.self, from: Data(contentsOf: file)).figures
    }

    /// PyTorch goes from rate to rate, which adds up roundings.
    @Test("rates are those of torch.optim.lr_scheduler within 1e-12 of the initial one, with and without warm-up, counted in steps or epochs")
    func torch() throws {
        let figures = try Self.figures()
        #expect(Set(figures.map(\.schedule)) == ["constant", "exponential", "polynomial", "cosine", "oneCycle", "inverseRoot"])
        for figure in figures {
            let shape = try #require(figure.shape)
            let bySteps = LearningRate(figure.initial, shape, unit: .step, warmupSteps: figure.warmupSteps)
            for (step, wanted) in figure.rates.enumerated() {
                let found = bySteps.rate(atStep: step, inEpoch: 3)
                #expect(abs(found - wanted) < 1e-12 * figure.initial, "\(shape), step \(step): \(found), not \(wanted)")
                guard figure.warmupSteps == 0 else { continue }
                let byEpochs = LearningRate(figure.initial, shape, unit: .epoch).rate(atStep: 7, inEpoch: step)
                #expect(byEpochs == found)
            }
        }
    }

    @Test("constant is constant")
    func constant() {
        for epoch in [0, 1, 1000] { #expect(LearningRate(0.002).rate(atStep: 5 * epoch, inEpoch: epoch) == 0.002) }
    }

    @Test("step decay holds, then multiplies every so many epochs", arguments: [0, 1, 3], [1, 2, 5])
    func stepDecay(holdEpochs: Int, everyEpochs: Int) {
        let schedule = LearningRate(0.5, .stepDecay(factor: 0.25, everyEpochs: everyEpochs, holdEpochs: holdEpochs))
        var wanted = 0.5
        for epoch in 0..<20 {
            let since = epoch - holdEpochs
            if since > 0 && since % everyEpochs == 0 { wanted *= 0.25 }
            // Powers of two: every product is exact, so the order of the factors can't show.
            #expect(schedule.rate(atStep: 0, inEpoch: epoch) == wanted, "epoch \(epoch)")
        }
    }

    @Test("a decay of 0.9 over a thousand epochs is the power within 1e-12")
    func longDecay() {
        let schedule = LearningRate(1, .stepDecay(factor: 0.9, everyEpochs: 10, holdEpochs: 0))
        let wanted = (0..<100).reduce(1.0) { product, _ in product * 0.9 }
        #expect(abs(schedule.rate(atStep: 0, inEpoch: 1005) / wanted - 1) < 1e-12)
    }

    @Test("the warm-up multiplies an epoch's rate by (step + 1) / W, and is over after W steps")
    func warmup() {
        let schedule = LearningRate(0.5, .stepDecay(factor: 0.5, everyEpochs: 1, holdEpochs: 0), warmupSteps: 8)
        for step in 0..<20 {
            let wanted = (step < 4 ? 0.5 : 0.25) * (step < 8 ? Double(step + 1) / 8 : 1)
            #expect(schedule.rate(atStep: step, inEpoch: step < 4 ? 0 : 1) == wanted)
        }
    }

    @Test("behind its period a polynomial or a cosine stays at the minimum, and one cycle at its last rate")
    func behind() {
        for step in [10, 11, 1_000_000_000_000_000] {
            #expect(LearningRate(1, .polynomial(period: 10, power: 0.3, minimum: 0.125), unit: .step).rate(atStep: step, inEpoch: 0) == 0.125)
            #expect(LearningRate(1, .cosine(period: 10, restartFactor: 0, minimum: 0.125), unit: .step).rate(atStep: step, inEpoch: 0) == 0.125)
            #expect(LearningRate(1, .oneCycle(period: 10, riseFraction: 0.3), unit: .step).rate(atStep: step, inEpoch: 0) == 1 / 250_000.0)
            let restarted = LearningRate(1, .cosine(period: 10, restartFactor: 3, minimum: 0), unit: .step).rate(atStep: step, inEpoch: 0)
            #expect(restarted > 0 && restarted <= 1)
        }
    }

    @Test("cosines and powers are libm's, within 1e-15 and 1e-13 of themselves")
    func functions() {
        for index in 0..<1000 {
            let share = Double(index) / 1000
            let cosine = LearningRate(1, .cosine(period: 1000, restartFactor: 0, minimum: 0), unit: .step).rate(atStep: index, inEpoch: 0)
            #expect(abs(cosine - (0.5 + 0.5 * cos(.pi * share))) < 1e-15)
            for exponent in [0.1, 0.5, 1, 1.7, 3.5, 9.99] {
                let power = LearningRate(1, .polynomial(period: 1000, power: exponent, minimum: 0), unit: .step).rate(atStep: index, inEpoch: 0)
                let wanted = pow(1 - share, exponent)
                #expect(abs(power - wanted) <= 1e-13 * wanted, "\(1 - share) to the power \(exponent)")
            }
        }
    }

    @Test("the first time whose rate is 0 in float32 is that of a search through all, for falling and for restarted schedules")
    func vanishing() {
        let schedules: [LearningRate] = [
            LearningRate(0.01, .stepDecay(factor: 0.1, everyEpochs: 2, holdEpochs: 3)), LearningRate(0.01, .exponential(factor: 0.5)), LearningRate(0.01),
            LearningRate(1, .polynomial(period: 50, power: 30, minimum: 0)), LearningRate(1, .polynomial(period: 50, power: 2, minimum: 0)),
            LearningRate(1e-35, .cosine(period: 70, restartFactor: 0, minimum: 0)), LearningRate(1e-35, .cosine(period: 70, restartFactor: 1, minimum: 0)),
            LearningRate(1e-35, .cosine(period: 9, restartFactor: 2, minimum: 0)), LearningRate(1e-36, .cosine(period: 9, restartFactor: 1, minimum: 1e-37)),
            LearningRate(1e-37, .inverseRoot(period: 10)), LearningRate(1, .oneCycle(period: 30, riseFraction: 0.3)),
        ]
        for schedule in schedules {
            for count in [0, 1, 5, 49, 51, 75, 200, 1500] {
                let wanted = (0..<count).first { Float(schedule.rate(atStep: 0, inEpoch: $0)) < Float.leastNormalMagnitude }
                let found = schedule.firstVanishing(count: count)
                #expect(found?.time == wanted, "\(schedule), \(count)")
            }
        }
    }
}
