import Batches
import Datasets
import Layers
import Models
import NumberText

/// A mixture whose parameters a model's outputs are, and the scale of the numbers.
struct FrameUse: Sendable {
    let meaning: NextNumbersMeaning
    let scale: [SeriesStatistics.Column]
}

extension FrameUse {
    /// What the inputs and outputs are, for a model card.
    var numbersText: String {
        let density = meaning.density
        let names = scale.map { "`\($0.name)` less \(figure($0.mean, digits: 7)) over \(figure($0.deviation, digits: 7))" }.joined(separator: ", ")
        let (count, numbers) = (density.componentCount, density.numberCount)
        let distributions = density.family == .gaussian ? density.isCorrelated ? "Gaussians with a correlation" : "Gaussians" : "logistic distributions"
        let pen = meaning.hasPen ? "scores of the pen's \(density.penStateCount) states (down and lifted after the point, the drawing's end), " : ""
        let ties = density.isCorrelated ? ", and \(count) correlations, of which tanh times 0.999 is taken" : ""
        return """
            ## Numbers

            Inputs are \(names); a sequence begins with a step of zeros\(meaning.hasPen ? " with a lifted pen, which is 1" : ""). Outputs are the parameters of a mixture of \(count) \(distributions) of the next \
            \(meaning.hasPen ? "point" : "step"), \(density.outputCount) in this order: \(pen)\(count) scores of the components' weights, \(count) × \(numbers) means, as many logarithms of deviations\(ties). Softmax makes \
            probabilities of scores, and \(decimal(density.leastDeviation))² is added to each variance. `draw` in `model.py` is all of it.
            """
    }
}

// Functions of `model.py` that draw steps from the mixture which the outputs are, with the standard library.
extension PythonModule {
    /// `draw` and `sample`.
    func frameUse(_ use: FrameUse, isTorch: Bool, call: (String) -> String) -> String {
        let (density, hasPen) = (use.meaning.density, use.meaning.hasPen)
        let first = use.scale.map { _ in "0.0" }.dropLast(hasPen ? 1 : 0) + (hasPen ? ["1.0"] : [])
        let array = isTorch ? "torch.tensor([unread])" : "np.array([unread], \"float32\")"
        let rereads = model.shape.layers.contains(where: \.forgetsBetweenChunks)
        let step = hasPen ? "point" : "frame"
        return """
            MEAN = \(use.scale.map(\.mean))
            DEVIATION = \(use.scale.map(\.deviation))  # of \(use.scale.map(\.name).joined(separator: ", "))
            COMPONENTS, NUMBERS, PENS, LEAST = \(density.componentCount), \(density.numberCount), \(density.penStateCount), \(density.leastDeviation)


            def draw(outputs: list[float], temperature: float, generator: random.Random\(hasPen ? ", may_end: bool = True" : "")) -> tuple[list[float], int]:
                \"\"\"Scaled numbers drawn from the mixture, and the pen's state. `outputs` are, in this order: a score of each state of the pen; of each component a
                score of its weight; the means [components, numbers]; the logarithms of the deviations, likewise\(hasPen ? "; the correlations before their tanh" : "").
                Softmax makes probabilities of scores, and LEAST² is added to each variance.\(hasPen ? " A drawing's end, pen 2, keeps its own probability at each temperature." : "")\"\"\"
                def choose(scores: list[float], temperature: float) -> int:
                    if temperature <= 0:
                        return max(range(len(scores)), key=scores.__getitem__)
                    return generator.choices(range(len(scores)), [math.exp((score - max(scores)) / temperature) for score in scores])[0]

            \(hasPen ? "    pen = choose(outputs[:3], 1.0 if temperature > 0 else 0.0) if may_end else 0\n    pen = 2 if pen == 2 else choose(outputs[:2], temperature)" : "    pen = 0")
                component = choose(outputs[PENS : PENS + COMPONENTS], temperature)
                first = PENS + COMPONENTS + component * NUMBERS
                means, logarithms = outputs[first : first + NUMBERS], outputs[first + COMPONENTS * NUMBERS :][:NUMBERS]
                squares = [math.exp(2 * min(logarithm, 15.0)) for logarithm in logarithms]
            \(Self.noise(density.family, isCorrelated: density.isCorrelated))
                return [mean + math.sqrt(temperature * (square + LEAST**2)) * number for mean, square, number in zip(means, squares, noise)], pen


            \(isTorch ? "@torch.no_grad()\n" : "")def sample(model: \(modelType), length: int = 500, temperature: float = 1.0, seed: int | None = None, prime: list[list[float]] = []) -> list[list[float]]:
                \"\"\"\(hasPen ? "A drawing" : "A sequence") of at most `length` \(step)s behind those of `prime`, each \(use.scale.map(\.name)) in the data's own units\(hasPen ? "; pen is 1 where it is lifted after the point" : "").
                `temperature` divides scores and multiplies variances.\(loadedHow)\"\"\"
                generator, state = random.Random(seed), None
                steps = [list(step) for step in prime]
                unread = [[\(first.joined(separator: ", "))]] + [[(x - m) / d for x, m, d in zip(step, MEAN, DEVIATION)] for step in steps]
                for _ in range(length):
                    outputs, \(rereads ? "_" : "state") = \(call(array + (rereads ? "" : ", state")))
                    numbers, pen = draw(outputs[0, -1].tolist(), temperature, generator\(hasPen ? ", bool(steps)" : ""))
            \(hasPen ? "        if pen == 2:  # the drawing's end\n            break\n        numbers.append(float(pen))\n" : "")        steps.append([x * d + m for x, m, d in zip(numbers, MEAN, DEVIATION)])
                    unread \(rereads ? "+" : "")= [numbers]
                return steps
            """
    }

    private static func noise(_ family: MixtureDensity.Family, isCorrelated: Bool) -> String {
        switch family {
        case .logistic:
            return """
                    levels = [min(max(generator.random(), 1e-12), 1 - 1e-12) for _ in means]
                    noise = [math.log(level / (1 - level)) for level in levels]
                """
        case .gaussian:
            let plain = "    noise = [generator.gauss(0, 1) for _ in means]"
            guard isCorrelated else { return plain }
            return plain + """

                    share = math.sqrt(math.prod(square / (square + LEAST**2) for square in squares))
                    tie = 0.999 * math.tanh(outputs[PENS + COMPONENTS * (1 + 2 * NUMBERS) + component]) * share
                    noise[1] = tie * noise[0] + math.sqrt(1 - tie * tie) * noise[1]
                """
        }
    }
}
