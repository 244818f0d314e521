import Batches
import Datasets
import Foundation
import Inference
import SeededRandomness
import Testing

@Suite("Language of the search for transcripts")
struct TranscriptLanguageTests {
    /// ln of the sum over alignments, of each transcript.
    private func logarithms(_ outputs: OutputLogarithms) -> [[Int32]: Double] {
        var sums: [[Int32]: Double] = [:]
        var alignments: [([Int32], Double)] = [([], 0)]
        for time in 0..<outputs.timeCount {
            alignments = alignments.flatMap { alignment in (0..<outputs.outputCount).map { (alignment.0 + [Int32($0)], alignment.1 + outputs[time, $0]) } }
        }
        for (alignment, logarithm) in alignments { sums[CTC.symbols(ofAlignment: alignment), default: 0] += exp(logarithm) }
        return sums.mapValues { log($0) }
    }

    @Test("a bigram's probabilities are Witten and Bell's, by hand")
    func byHand() {
        // "1 2" twice and "1" once: 6 + 2 outcomes, of which 3 are 1, 2 are 2, 3 are the end; 4 outcomes are possible.
        let grams = NGram(order: 2, outcomeCount: 4, sequences: [(symbols: [1, 2], count: 2), (symbols: [1], count: 1)])
        func unigram(_ count: Double) -> Double { (count + 3 * 0.25) / (8 + 3) }
        #expect(abs(grams.probability(of: 3, after: []) - unigram(0)) < 1e-15)
        #expect(abs(grams.probability(of: 1, after: []) - unigram(3)) < 1e-15)
        // At the begin there was 1 three times; after 1 there was 2 twice, and the end once.
        #expect(abs(grams.probability(of: 1, after: grams.beginning) - (3 + unigram(3)) / 4) < 1e-15)
        #expect(abs(grams.probability(of: 2, after: grams.history(grams.beginning, 1)) - (2 + 2 * unigram(2)) / 5) < 1e-15)
        #expect(abs(grams.probability(of: NGram.end, after: [1]) - (1 + 2 * unigram(3)) / 5) < 1e-15)
        // What never occurred has the probabilities of the shorter history.
        #expect(grams.probability(of: 2, after: [3]) == grams.probability(of: 2, after: []))
    }

    @Test("probabilities after any history sum to 1, and are those of one outcome each", arguments: 1...4)
    func sums(order: Int) {
        var generator = SeededGenerator.announced("sums of an n-gram of order \(order)")
        for _ in 0..<20 {
            let sequences = (0..<5).map { _ in
                let symbols = (0..<Int.random(in: 0...6, using: &generator)).map { _ in Int32.random(in: 1...4, using: &generator) }
                return (symbols: symbols, count: Int.random(in: 1...3, using: &generator))
            }
            let grams = NGram(order: order, outcomeCount: 6, sequences: sequences)
            var histories = [grams.beginning]
            for _ in 0..<30 { histories.append(grams.history(histories.randomElement(using: &generator) ?? [], Int32.random(in: 1...5, using: &generator))) }
            for history in histories {
                #expect(history.count < order)
                let probabilities = grams.probabilities(after: history)
                #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12 && probabilities.allSatisfy { $0 > 0 })
                #expect(probabilities == (0..<6).map { grams.probability(of: $0, after: history) })
            }
        }
    }

    /// α · (Σ ln P + ln P(end)) + β · n over symbols, or words between 3s.
    private func score(_ symbols: [Int32], _ grams: NGram, words: [[Int32]: Int32]?, alpha: Double, beta: Double) -> Double {
        let outcomes = words.map { words in symbols.split(separator: 3).map { words[Array($0)] ?? Int32(grams.outcomeCount - 1) } } ?? symbols
        var (history, sum) = (grams.beginning, 0.0)
        for outcome in outcomes {
            sum += log(grams.probability(of: outcome, after: history))
            history = grams.history(history, outcome)
        }
        return alpha * (sum + log(grams.probability(of: NGram.end, after: history))) + beta * Double(outcomes.count)
    }

    @Test("a search wide enough finds the transcript with the greatest sum of both logarithms and the count, of all there are", arguments: [true, false], 1...5)
    func exact(ofWords: Bool, timeCount: Int) throws {
        var generator = SeededGenerator.announced("search with an n-gram of \(ofWords ? "words" : "symbols"), \(timeCount) time steps")
        var differs = false
        for _ in 0..<30 {
            let (alpha, beta) = (Double.random(in: 0...2, using: &generator), Double.random(in: -1...2, using: &generator))
            let words: [[Int32]: Int32]? = ofWords ? [[1]: 1, [1, 2]: 2, [2]: 3] : nil
            let outcomeCount = ofWords ? 5 : 4
            let sequences = (0..<4).map { _ in
                (symbols: (0..<Int.random(in: 0...4, using: &generator)).map { _ in Int32.random(in: 1...3, using: &generator) }, count: 1)
            }
            let grams = NGram(order: 3, outcomeCount: outcomeCount, sequences: sequences)
            let outputs = OutputLogarithms.random(timeCount, 4, using: &generator)
            let language = SearchLanguage(grams, unit: words.map { .word($0) } ?? .symbol, alpha: alpha, beta: beta, wordEnd: 3, outputCount: 4)
            let all = logarithms(outputs).map { (symbols: $0.key, total: $0.value + score($0.key, grams, words: words, alpha: alpha, beta: beta)) }
            let best = try #require(all.max { $0.total < $1.total })
            let found = PrefixBeamSearch(width: 2000, language: language).symbols(outputs)
            let total = try #require(all.first { $0.symbols == found }?.total)
            #expect(abs(total - best.total) < 1e-5, "\(found), \(best)")
            differs = differs || found != PrefixBeamSearch(width: 2000).symbols(outputs)
        }
        #expect(differs)
    }

    @Test("with a lexicon, a search of any width finds its words alone, and a wide one the likeliest of those", arguments: [1, 2, 5, 2000])
    func lexicon(width: Int) throws {
        var generator = SeededGenerator.announced("search of width \(width) with a lexicon")
        let words: [[Int32]] = [[1], [1, 2, 2], [2, 1]]
        func isSpelled(_ symbols: [Int32]) -> Bool {
            symbols.isEmpty || symbols.split(separator: 3, omittingEmptySubsequences: false).allSatisfy { words.contains(Array($0)) }
        }
        for _ in 0..<60 {
            let outputs = OutputLogarithms.random(6, 4, using: &generator)
            let language = SearchLanguage(nil, alpha: 0, beta: 0, lexicon: Lexicon(words), wordEnd: 3, outputCount: 4)
            let found = PrefixBeamSearch(width: width, language: language).symbols(outputs)
            #expect(isSpelled(found), "\(found)")
            guard width == 2000 else { continue }
            let spelled = logarithms(outputs).filter { isSpelled($0.key) }
            let best = try #require(spelled.max { $0.value < $1.value })
            #expect(abs(try #require(spelled[found]) - best.value) < 1e-5, "\(found), \(best)")
        }
        // Where symbols are words, each is one of the lexicon.
        let language = SearchLanguage(nil, alpha: 0, beta: 0, lexicon: Lexicon([[2]]), wordEnd: nil, symbolsAreWords: true, outputCount: 4)
        for _ in 0..<20 {
            let found = PrefixBeamSearch(width: width, language: language).symbols(OutputLogarithms.random(5, 4, using: &generator))
            #expect(found.allSatisfy { $0 == 2 })
        }
    }

    @Test("what is kept with a run is read again as it was; damaged files are refused")
    func stored() throws {
        var decoding = try TranscriptDecoding(unit: .word, order: 3, beam: 9, lexicon: ["b", "a", "b", "\"é"], transcripts: ["a b", "", "a b", "é"])
        (decoding.alpha, decoding.beta) = (0.1, -1.5)
        let bytes = Array(decoding.json.utf8)
        #expect(try TranscriptDecoding(json: bytes, file: "d") == decoding && TranscriptDecoding.isOurs(bytes))
        #expect(decoding.lexicon == ["\"é", "a", "b"] && decoding.transcripts.map(\.count) == [1, 2, 1])
        for length in stride(from: 0, to: bytes.count - 2, by: 3) {
            #expect(throws: DatasetError.self) { try TranscriptDecoding(json: Array(bytes[..<length]), file: "d") }
        }
        for (part, other) in [("\"order\":3", "\"order\":11"), ("0.1", "1e300"), ("[\"a b\",2]", "[\"a b\",0]"), ("\"word\"", "\"phone\"")] {
            let text = decoding.json.replacing(part, with: other)
            #expect(text != decoding.json)
            #expect(throws: DatasetError.self) { try TranscriptDecoding(json: Array(text.utf8), file: "d") }
        }
    }
}
