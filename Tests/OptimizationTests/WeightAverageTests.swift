import Foundation
import Kernels
import Optimization
import Testing

@Suite("Averages of weights")
struct WeightAverageTests {
    /// torch's averages of some parameters after each step.
    private struct Figure: Decodable {
        let decay: Double
        let parameters, moving, mean: [[Double]]
    }

    private func figure() throws -> Figure {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/schedules/torch-average.json")
        return try JSONDecoder().decode(Figure.self, from: Data(contentsOf: file))
    }

    /// The averages after each of `steps`.
    private func averages(_ steps: [[Float]], decay: Double?, threadCount: Int = 1) -> [[Float]] {
        let average = WeightAverage(parameterCount: steps[0].count)
        let parameters = FloatMemory(count: steps[0].count)
        let team = team(threadCount)
        return steps.enumerated().map { index, values in
            parameters.view.copy(values)
            if index == 0 { average.begin(with: parameters.view) } else { average.add(parameters.view, decay: decay, team: team) }
            #expect(average.count == index + 1)
            return average.values.array()
        }
    }

    /// A step rounds once; what earlier roundings leave shrinks by the decay, or as 1/n.
    @Test("the moving average and the mean are those of torch's AveragedModel, within 1e-6 of the largest parameter")
    func torch() throws {
        let figure = try figure()
        let steps = figure.parameters.map { $0.map { Float($0) } }
        for (decay, wanted) in [(figure.decay, figure.moving), (nil, figure.mean)] {
            for (found, wanted) in zip(averages(steps, decay: decay), wanted) { #expect(largestDifference(found, wanted) < 1e-6) }
        }
        #expect(steps.count == 12 && figure.moving != figure.mean)
    }

    @Test("any number of threads gives the same bits, for all numbers of parameters around the vector's width", arguments: [1, 7, laneCount - 1, laneCount, laneCount + 1, 5 * laneCount + 3])
    func threads(count: Int) {
        let steps = (0..<5).map { step in (0..<count).map { Float(sin(Double(step * 31 + $0 * 7))) } }
        for decay in [0.9, nil] {
            let wanted = averages(steps, decay: decay)
            for threadCount in 2...3 {
                #expect(averages(steps, decay: decay, threadCount: threadCount).map { $0.map(\.bitPattern) } == wanted.map { $0.map(\.bitPattern) })
            }
        }
    }

    @Test("with decay 0 the average is the last parameters; parameters that stay are their own average, to the bit")
    func extremes() {
        let steps: [[Float]] = [[1, 2, 3], [0.1, -4, 1e-3], [7, 7, 7]]
        #expect(averages([[0.1, 0.2], [0.1, 0.2], [0.1, 0.2]], decay: 0.999) == [[0.1, 0.2], [0.1, 0.2], [0.1, 0.2]])
        for (found, wanted) in zip(averages(steps, decay: 0), steps) { #expect(largestDifference(found, wanted.map(Double.init)) < 1e-6) }
    }
}
