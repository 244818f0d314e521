import Batches
import Foundation
import Inference
import SeededRandomness
import Testing

@Suite("Search for transcripts")
struct TranscriptSearchTests {
    private func alignments(_ logarithms: OutputLogarithms) -> [(outputs: [Int32], logarithm: Double)] {
        (0..<logarithms.timeCount).reduce([([], 0.0)]) { all, time in
            all.flatMap { alignment in (0..<logarithms.outputCount).map { (alignment.0 + [Int32($0)], alignment.1 + logarithms[time, $0]) } }
        }
    }

    @Test("a search wide enough finds the transcript with the greatest sum over its alignments; one of width 1 at times doesn't", arguments: [1, 3, 6])
    func exact(timeCount: Int) throws {
        var generator = SeededGenerator.announced("transcripts with the greatest sum, \(timeCount) time steps")
        var isGreedyWrong = false
        for _ in 0..<40 {
            let logarithms = OutputLogarithms.random(timeCount, 3, using: &generator)
            var sums: [[Int32]: Double] = [:]
            for alignment in alignments(logarithms) { sums[CTC.symbols(ofAlignment: alignment.outputs), default: 0] += exp(alignment.logarithm) }
            let best = try #require(sums.max { $0.value < $1.value })
            let found = PrefixBeamSearch(width: 1000).symbols(logarithms)
            #expect(abs(try #require(sums[found]) - best.value) < 1e-6, "\(found), \(best.key)")
            // The same whenever it is asked.
            #expect(PrefixBeamSearch(width: 3).symbols(logarithms) == PrefixBeamSearch(width: 3).symbols(logarithms))
            isGreedyWrong = isGreedyWrong || logarithms.greedySymbols != best.key
        }
        #expect(isGreedyWrong || timeCount == 1)
    }

    @Test("a likelier symbol, spread over many alignments, beats the likeliest alignment")
    func spread() {
        // Blank, then a and blank alike: "a" has 1 - 0.6² against 0.6² for nothing.
        let logarithms = OutputLogarithms([0.6, 0.4, 0.6, 0.4].map { Float(log($0)) }, outputCount: 2)
        #expect(logarithms.greedySymbols.isEmpty && PrefixBeamSearch(width: 2).symbols(logarithms) == [1])
    }

    @Test("symbols begin where they do in the likeliest of their alignments")
    func alignment() throws {
        var generator = SeededGenerator.announced("where symbols begin")
        for _ in 0..<40 {
            let logarithms = OutputLogarithms.random(5, 3, using: &generator)
            let all = alignments(logarithms)
            for symbols in Set(all.map { CTC.symbols(ofAlignment: $0.outputs) }) {
                let best = try #require(all.filter { CTC.symbols(ofAlignment: $0.outputs) == symbols }.max { $0.logarithm < $1.logarithm })
                let begins = best.outputs.indices.filter { best.outputs[$0] != 0 && ($0 == 0 || best.outputs[$0 - 1] != best.outputs[$0]) }
                #expect(TranscriptAlignment(of: symbols, with: logarithms)?.firstSteps == begins, "\(symbols), \(best.outputs)")
            }
        }
        let tooFew = OutputLogarithms.random(2, 3, using: &generator)
        #expect(TranscriptAlignment(of: [1, 1], with: tooFew) == nil)
    }
}
