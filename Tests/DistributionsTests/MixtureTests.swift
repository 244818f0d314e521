import Batches
import Distributions
import Foundation
import Kernels
import Testing

@Suite("Mixture densities")
struct MixtureTests {
    private static func strokes(_ components: Int) -> MixtureDensity {
        MixtureDensity(componentCount: components, numberCount: 2, isCorrelated: true, penStateCount: 3, leastDeviation: 0.05)
    }

    private static func frames(_ components: Int, _ numbers: Int, _ family: MixtureDensity.Family = .gaussian) -> MixtureDensity {
        MixtureDensity(componentCount: components, numberCount: numbers, family: family, leastDeviation: 0.05)
    }

    private func computed(_ density: MixtureDensity, _ outputs: [Float], _ targets: [Float], scale: Float = 1) -> (value: Double, derivatives: [Float], isRight: Bool) {
        // Numbers before and behind the outputs stay as they are.
        let memory = FloatMemory(count: outputs.count + 2)
        memory.view.copy([7] + outputs + [9])
        let loss = density.differentiate(memory.view.slice(from: 1, count: outputs.count), targets: [5, 5] + targets, from: 2, scale: scale)
        let all = memory.view.array()
        #expect(all.first == 7 && all.last == 9)
        return (loss.value, Array(all.dropFirst().dropLast()), loss.isPenRight)
    }

    // MARK: Figures

    struct Figures: Sendable {
        let density: MixtureDensity
        let targets: [Float]
        let loss: Double
        let derivatives: [Double]
    }

    /// Of torch.distributions (MultivariateNormal, Normal) and torch.nn.functional in float64, torch 2.13, derivatives by autograd; output i is sin(1 + 3i) · 1.5,
    /// rounded to thousandths and to float32.
    private static let figures: [Figures] = [
        Figures(
            density: strokes(1), targets: [0.3, -0.7, 0], loss: 2.735888602,
            derivatives: [-0.459180296, 0.049209466, 0.409970829, 0, 0.262511635, 0.339538634, 0.911888454, 0.906630541, 0.089335731]),
        Figures(
            density: strokes(3), targets: [1.5, 0.25, 1], loss: 35.451811107,
            derivatives: [
                0.540819704, -0.950790534, 0.409970829, -0.851062848, 0.632401452, 0.218661396, -44.988738207, -5.093781261, 0, 0, 0, 0, -51.386885924, -0.276158119, 0, 0,
                0, 0, -47.392444906, 0, 0,
            ]),
        Figures(
            density: strokes(2), targets: [-4, 6, 2], loss: 223.896756575,
            derivatives: [
                0.540819704, 0.049209466, -0.590029171, -0.809382064, 0.809382064, 20.243153923, -63.760025181, 0, 0, -70.206220702, -357.074168764, 0, 0, 367.607063122, 0,
            ]),
        Figures(
            density: strokes(2), targets: [.nan, 0, 2], loss: 0.891669269510177,
            derivatives: [0.540819704, 0.049209466, -0.590029171, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        Figures(density: frames(1, 1), targets: [0.5], loss: 2.090447644, derivatives: [0, -0.227932485, 0.627111751]),
        Figures(
            density: frames(3, 2), targets: [0.5, -2], loss: 14.164425924,
            derivatives: [
                -0.458035529, 0.048583709, 0.409451820, -0.582947653, 8.753669870, -0.000119108, 0.009429913, -0.000028451, 0.011008036, 0.231439251, -21.839831070,
                0.000514486, -0.020011133, 0.000504280, -0.018738050,
            ]),
        Figures(
            density: frames(2, 3, .logistic), targets: [0.1, -0.2, 4], loss: 7.882055804,
            derivatives: [
                0.570261080, -0.570261080, 0.207604987, -0.046654094, -0.629528041, -0.035340207, 0.855305321, -0.122998122, 0.162003757, 0.317246129, -1.760384233,
                0.634537697, 0.285245078, 0.160028605,
            ]),
    ]

    private func patterned(_ count: Int) -> [Float] { (0..<count).map { Float((Foundation.sin(Double(1 + 3 * $0)) * 1500).rounded() / 1000) } }

    @Test("losses and derivatives that torch gave", arguments: figures)
    func storedFigures(_ figures: Figures) {
        let found = computed(figures.density, patterned(figures.density.outputCount), figures.targets, scale: 0.5)
        #expect(abs(found.value - figures.loss) < 1e-6 * max(1, figures.loss))
        for (place, wanted) in figures.derivatives.enumerated() {
            // Targets such as 0.3 are rounded to float32.
            #expect(abs(Double(found.derivatives[place]) - 0.5 * wanted) < 1e-6 * max(1, abs(wanted)), "output \(place)")
        }
    }

    // MARK: Any outputs

    private static let all = [strokes(1), strokes(4), frames(3, 1), frames(2, 3), frames(2, 2, .logistic)]

    private func random(_ count: Int, within limit: Double, _ draw: Int) -> [Float] {
        let random = Philox(seed: 5, purpose: .examples)
        return (0..<count).map { Float((2 * random.uniformDouble($0, draw) - 1) * limit) }
    }

    private func targets(_ density: MixtureDensity, _ draw: Int) -> [Float] {
        random(density.numberCount, within: 2, draw + 1000) + (density.penStateCount > 0 ? [Float(draw % 3)] : [])
    }

    @Test("derivatives are those by differences", arguments: all)
    func differences(density: MixtureDensity) {
        for draw in 0..<20 {
            let (outputs, targets) = (random(density.outputCount, within: 1.5, draw), targets(density, draw))
            let found = computed(density, outputs, targets).derivatives
            for place in outputs.indices {
                func moved(_ step: Float) -> (at: Double, value: Double) {
                    var outputs = outputs
                    outputs[place] += step
                    return (Double(outputs[place]), computed(density, outputs, targets).value)
                }
                let (high, low) = (moved(1e-3), moved(-1e-3))
                let wanted = (high.value - low.value) / (high.at - low.at)
                #expect(abs(Double(found[place]) - wanted) < 2e-4 * max(1, abs(wanted)), "draw \(draw), output \(place)")
            }
        }
    }

    @Test("loss and derivatives are finite for all finite outputs and targets", arguments: all)
    func extremes(density: MixtureDensity) {
        let sizes: [Float] = [0, 1e-30, 1, -1, 20, -20, 90, -90, 800, -800, 1e10, -1e10, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude]
        let random = Philox(seed: 6, purpose: .examples)
        for draw in 0..<4000 {
            let outputs = (0..<density.outputCount).map { sizes[random.integer(below: sizes.count, $0, draw)] }
            var targets = targets(density, draw)
            if draw % 2 == 1 { targets[0] = sizes[random.integer(below: sizes.count, 99, draw)] }
            let found = computed(density, outputs, targets, scale: 1)
            #expect(found.value.isFinite && found.derivatives.allSatisfy { abs($0) <= 1e6 }, "\(outputs), \(targets)")
        }
        for wrong in [Float.nan, .infinity] {
            var outputs = patterned(density.outputCount)
            outputs[density.firstMean] = wrong
            #expect(!computed(density, outputs, targets(density, 1)).value.isFinite)
        }
    }

    @Test("a density's integral is 1, whatever the outputs", arguments: [strokes(3), frames(4, 1), frames(3, 1, .logistic)])
    func integral(density: MixtureDensity) {
        let outputs = random(density.outputCount, within: 0.8, 3)
        let penLoss = density.penStateCount > 0 ? computed(density, outputs, [.nan, 0, 1]).value : 0
        let (step, limit) = (density.numberCount == 1 ? 0.01 : 0.1, density.family == .logistic ? 60.0 : 14.0)
        let places = stride(from: -limit, through: limit, by: step).map(Float.init)
        var sum = 0.0
        let memory = FloatMemory(count: outputs.count)
        func add(_ targets: [Float]) {
            memory.view.copy(outputs)
            let value = density.differentiate(memory.view, targets: targets, from: 0, scale: 1).value
            sum += Foundation.exp(penLoss - value)
        }
        for x in places { if density.numberCount == 1 { add([x]) } else { for y in places { add([x, y, 1]) } } }
        let volume: Double = density.numberCount == 1 ? step : step * step
        #expect(abs(sum * volume - 1) < 1e-4)
    }

    // MARK: Drawing

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    private func variance(_ values: [Double]) -> Double {
        let middle = mean(values)
        return mean(values.map { ($0 - middle) * ($0 - middle) })
    }

    @Test("drawn numbers have the mean, the variances and the correlation of the mixture, and pens its probabilities")
    func drawn() {
        let density = Self.strokes(1)
        let outputs: [Float] = [0, 1, -1, 0, 2, -3, 0.5, -0.5, 0.7]
        let (random, count) = (Philox(seed: 3, purpose: .sampling), 40_000)
        let draws = (0..<count).map { density.draw(outputs, temperature: 1, random: random, ($0 / 100, 1, $0 % 100)) }
        let (first, second) = (draws.map { $0.numbers[0] }, draws.map { $0.numbers[1] })
        #expect(abs(mean(first) - 2) < 0.03 && abs(mean(second) + 3) < 0.02)
        let wanted: [Double] = [Foundation.exp(1.0) + 0.0025, Foundation.exp(-1.0) + 0.0025]
        #expect(abs(variance(first) - wanted[0]) < 0.06)
        #expect(abs(variance(second) - wanted[1]) < 0.01)
        let products: [Double] = zip(first, second).map { ($0 - 2) * ($1 + 3) }
        let covariance: Double = 0.999 * Foundation.tanh(0.7)
        #expect(abs(mean(products) - covariance) < 0.03)
        let weights: [Double] = [1, Foundation.exp(1.0), Foundation.exp(-1.0)]
        let total = weights.reduce(0, +)
        for (state, weight) in weights.enumerated() {
            let share = Double(draws.count { $0.pen == state }) / Double(count)
            #expect(abs(share - weight / total) < 0.01, "state \(state)")
        }
    }

    @Test("a low temperature narrows numbers and keeps a drawing's end as likely as it is; at 0 the mean and the likeliest state are taken")
    func cold() {
        let density = Self.strokes(1)
        let outputs: [Float] = [0, 1, -1, 0, 2, -3, 0.5, -0.5, 0.7]
        let random = Philox(seed: 3, purpose: .sampling)
        let draws = (0..<8000).map { density.draw(outputs, temperature: 0.25, random: random, ($0, 0, 0)) }
        let wanted: Double = (Foundation.exp(1.0) + 0.0025) / 4
        #expect(abs(variance(draws.map { $0.numbers[0] }) - wanted) < 0.05)
        let total: Double = 1 + Foundation.exp(1.0) + Foundation.exp(-1.0)
        let end: Double = Foundation.exp(-1.0) / total
        #expect(abs(Double(draws.count { $0.pen == 2 }) / 8000 - end) < 0.02)
        let down: Double = (1 - end) / (1 + Foundation.exp(4.0))
        #expect(abs(Double(draws.count { $0.pen == 0 }) / 8000 - down) < 0.01)
        #expect((0..<2000).allSatisfy { density.draw(outputs, temperature: 1, mayEnd: false, random: random, ($0, 0, 0)).pen < 2 })
        let likeliest = density.draw(outputs, temperature: 0, random: random, (0, 0, 0))
        #expect(likeliest.numbers == [2, -3] && likeliest.pen == 1)
    }

    @Test("drawn logistic numbers have the logistic variance, and the components their weights")
    func drawnLogistic() {
        let density = Self.frames(2, 1, .logistic)
        let outputs: [Float] = [0, 1, -50, 50, 0, 0]
        let random = Philox(seed: 4, purpose: .sampling)
        let numbers: [Double] = (0..<20_000).map { density.draw(outputs, temperature: 1, random: random, ($0, 0, 7)).numbers[0] }
        let upper = numbers.filter { $0 > 0 }
        let weight: Double = 1 / (1 + Foundation.exp(-1.0))
        #expect(abs(Double(upper.count) / 20_000 - weight) < 0.01)
        let wanted: Double = .pi * .pi / 3
        #expect(abs(variance(upper) - wanted) < 0.15)
    }
}
