import Batches
import Foundation
import Kernels
import Models
import PythonEnvironment
import ReferenceModel
import Testing

@Suite("Connectionist temporal classification")
struct CTCTests {
    /// Scores of a sequence, `[time, outputs]`, and its symbols.
    private struct Case {
        let scores: [[Float]]
        let symbols: [Int32]

        /// The loss and its derivatives, computed as the middle one of three sequences of a batch whose rows have numbers behind the last output.
        func computed(scale: Float = 1, by lattice: CTCLattice = CTCLattice()) -> (loss: Double, derivatives: [[Float]]) {
            let (count, timeCount) = (scores[0].count, scores.count)
            let width = (count + 15) / 16 * 16
            let memory = FloatMemory(count: timeCount * 3 * width)
            memory.view.fill(7)
            for (time, row) in scores.enumerated() { memory.view.copy(row, to: (time * 3 + 1) * width) }
            let rows = CTCRows(outputs: memory.view, outputCount: count, outputWidth: width, sequence: 1, sequenceCount: 3, timeCount: timeCount)
            let loss = lattice.differentiate(symbols, rows, scale: scale)
            let numbers = memory.view.array()
            return (loss, (0..<timeCount).map { Array(numbers[($0 * 3 + 1) * width..<($0 * 3 + 1) * width + count]) })
        }

        /// Probability of each output at each time step.
        var probabilities: [[Double]] {
            scores.map { row in
                let sum = row.reduce(0) { $0 + exp(Double($1)) }
                return row.map { exp(Double($0)) / sum }
            }
        }
    }

    /// All alignments with so many time steps.
    private func alignments(_ timeCount: Int, outputs: Int) -> [[Int32]] {
        (0..<timeCount).reduce([[]]) { all, _ in all.flatMap { alignment in (0..<Int32(outputs)).map { alignment + [$0] } } }
    }

    private func random(_ numbers: inout SeededNumbers, timeCount: Int, outputs: Int, symbols: [Int32], within limit: Double = 3) -> Case {
        Case(scores: (0..<timeCount).map { _ in numbers.reals(count: outputs, within: limit).map(Float.init) }, symbols: symbols)
    }

    @Test("loss and derivatives are those of a sum over every alignment, for every list of symbols up to the number of time steps", arguments: 1...5)
    func bruteForce(timeCount: Int) throws {
        let seed = UInt64.random(in: 0 ..< 1 << 32)
        var numbers = SeededNumbers(seed: seed)
        let all = alignments(timeCount, outputs: 3)
        let lattice = CTCLattice()
        for length in 0...timeCount {
            for symbols in alignments(length, outputs: 2).map({ $0.map { $0 + 1 } }) {
                let own = random(&numbers, timeCount: timeCount, outputs: 3, symbols: symbols)
                let (loss, derivatives) = own.computed(scale: 0.5, by: lattice)
                let probabilities = own.probabilities
                func probability(_ alignment: [Int32]) -> Double { alignment.enumerated().reduce(1) { $0 * probabilities[$1.offset][Int($1.element)] } }
                let meant = all.filter { CTC.symbols(ofAlignment: $0) == symbols }
                let total = meant.reduce(0) { $0 + probability($1) }
                #expect(meant.isEmpty == (CTC.leastStepCount(symbols) > timeCount))
                guard !meant.isEmpty else {
                    #expect(loss == .infinity && derivatives.allSatisfy { $0.allSatisfy { $0 == 0 } })
                    continue
                }
                #expect(abs(loss + log(total)) < 2e-6, "\(symbols), seed \(seed)")
                for time in 0..<timeCount {
                    for output in 0..<3 {
                        let share = meant.filter { $0[time] == Int32(output) }.reduce(0) { $0 + probability($1) } / total
                        let difference = Double(derivatives[time][output]) - 0.5 * (probabilities[time][output] - share)
                        #expect(abs(difference) < 1e-6, "\(symbols), seed \(seed)")
                    }
                }
            }
        }
    }

    /// Time steps, outputs, symbols, the loss, and its derivatives by the first four scores of the first step.
    private static let stored: [(Int, Int, [Int32], Double, [Double])] = [
        (1, 3, [2], 3.842737017, [0.78509817, 0.19346698, -0.97856515]),
        (4, 4, [], 8.360772225, [-0.49113897, 0.12539554, 0.01389299, 0.35185045]),
        (5, 4, [3, 3], 6.934800097, [0.07359828, 0.12539554, 0.01389299, -0.21288681]),
        (6, 20, [1, 19, 1], 18.094453534, [-0.61074348, -0.25292721, 0.00298621, 0.07562796]),
        (9, 5, [1, 1, 2, 4, 4], 11.478940160, [-0.28387178, -0.19436820, 0.01142882, 0.28944359]),
    ]

    /// Of `torch.nn.functional.ctc_loss(log_softmax(scores), …, reduction="none")` in float64, torch 2.13, with score [t, k] = sin(1 + 3t + 2k) · 2.
    @Test(
        "losses and derivatives that torch gave",
        arguments: stored)
    func storedFigures(timeCount: Int, outputs: Int, symbols: [Int32], loss: Double, first: [Double]) {
        let scores = (0..<timeCount).map { time in
            (0..<outputs).map { output -> Float in
                let place = Double(1 + 3 * time + 2 * output)
                return Float(sin(place) * 2)
            }
        }
        let found = Case(scores: scores, symbols: symbols).computed()
        #expect(abs(found.loss - loss) < 1e-5)
        for (output, wanted) in first.enumerated() {
            let difference = abs(Double(found.derivatives[0][output]) - wanted)
            #expect(difference < 1e-6)
        }
    }

    @Test("scores hundreds apart, and long sequences, have a finite loss and derivatives that add up to 0 at each time step")
    func extremes() {
        let seed = UInt64.random(in: 0 ..< 1 << 32)
        var numbers = SeededNumbers(seed: seed)
        let symbols = numbers.wholeNumbers(count: 200, below: 19).map { Int32($0 + 1) }
        for limit in [1.0, 40, 400] {
            let (loss, derivatives) = random(&numbers, timeCount: 420, outputs: 20, symbols: symbols, within: limit).computed()
            #expect(loss.isFinite && loss > 0, "seed \(seed)")
            for row in derivatives { #expect(abs(row.reduce(0) { $0 + Double($1) }) < 2e-4 && row.allSatisfy { abs($0) <= 1.0001 }, "seed \(seed)") }
        }
    }

    @Test("scores that aren't numbers make the loss one that isn't")
    func notANumber() {
        let found = Case(scores: [[0, 1, .nan], [0, 1, 2]], symbols: [1]).computed()
        #expect(found.loss.isNaN && found.derivatives.allSatisfy { $0.allSatisfy { $0 == 0 } })
    }

    @Test("repeated outputs are one symbol unless a blank stands between them")
    func collapse() {
        #expect(CTC.symbols(ofAlignment: [0, 1, 1, 0, 1, 2, 2, 0, 0]) == [1, 1, 2] && CTC.symbols(ofAlignment: [0, 0]).isEmpty)
        #expect(CTC.leastStepCount([1, 1, 2, 2, 2]) == 8 && CTC.leastStepCount([Int32]()) == 0)
    }

    @Test(
        "200 random cases: losses and derivatives are torch's within 1e-4", .enabled(if: Python.withLibraries != nil, "\(Python.missing)"))
    func torch() throws {
        let python = try #require(Python.withLibraries)
        let seed = UInt64.random(in: 0 ..< 1 << 32)
        var numbers = SeededNumbers(seed: seed)
        let cases = (0..<200).map { index -> Case in
            let (timeCount, outputs) = (1 + index % 40, 2 + index % 23)
            var symbols = numbers.wholeNumbers(count: numbers.wholeNumbers(count: 1, below: timeCount + 1)[0], below: outputs - 1).map { Int32($0 + 1) }
            while CTC.leastStepCount(symbols) > timeCount { symbols.removeLast() }
            return random(&numbers, timeCount: timeCount, outputs: outputs, symbols: symbols, within: index % 2 == 0 ? 3 : 20)
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "ctc-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let lists = cases.map { own in
            let found = own.computed()
            return #"{"scores": \#(own.scores), "symbols": \#(own.symbols), "loss": \#(found.loss), "derivatives": \#(found.derivatives)}"#
        }
        try Data("[\(lists.joined(separator: ",\n"))]".utf8).write(to: file)
        let result = try Python.run(python, ["-c", Self.script, file.path])
        #expect(result.code == 0 && result.output.hasSuffix("200 cases\n"), "seed \(seed): \(result.output)")
    }

    private static let script = """
        import json, sys, torch
        cases = json.load(open(sys.argv[1]))
        for case in cases:
            scores = torch.tensor(case["scores"], dtype=torch.float64, requires_grad=True)
            symbols = torch.tensor([case["symbols"]], dtype=torch.long)
            loss = torch.nn.functional.ctc_loss(
                scores.log_softmax(-1)[:, None], symbols, torch.tensor([len(scores)]), torch.tensor([symbols.shape[1]]), reduction="sum")
            loss.backward()
            assert abs(loss.item() - case["loss"]) < 1e-4 * max(1, loss.item()), (loss.item(), case)
            assert (scores.grad - torch.tensor(case["derivatives"], dtype=torch.float64)).abs().max() < 1e-4, (scores.grad, case)
        print(len(cases), "cases")
        """
}
