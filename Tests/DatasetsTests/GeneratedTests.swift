import Batches
import Datasets
import Testing

@Suite struct GeneratedTests {
    private func options(_ trainingCount: Int = 2000, batchSize: Int = 64, seed: UInt64 = 11) throws -> GeneratedOptions {
        try GeneratedOptions(trainingCount: trainingCount, validationCount: 300, testCount: 200, batchSize: batchSize, seed: seed)
    }

    @Test("the paper's examples of Reber strings are classified as in the paper")
    func grammar() {
        for inner in ["BTSSXXTVVE", "BPVVE", "BTXXVPSE", "BPVPXVPXVPXVVE", "BTSXXVPSE", "BTXSE"] {
            #expect(ReberGrammar.isGrammatical("BT\(inner)TE") && ReberGrammar.isGrammatical("BP\(inner)PE"), "\(inner)")
            #expect(!ReberGrammar.isGrammatical("BT\(inner)PE") && !ReberGrammar.isGrammatical("BS\(inner)SE"), "\(inner)")
            #expect(!ReberGrammar.isGrammatical(inner) && !ReberGrammar.isGrammatical("BT\(inner)TEE"), "\(inner)")
        }
        for inner in ["BTSSPXSE", "BPTVVB", "BTXXVVSE", "BPVSPSE", "BTSSSE", "", "BE", "BTXS", "BTXSEE", "B"] {
            #expect(!ReberGrammar.isGrammatical("BT\(inner)TE"), "\(inner)")
        }
        for text in ["", "B", "BTE", "BTBTE", "BTBETE", "hello"] { #expect(!ReberGrammar.isGrammatical(text)) }
    }

    @Test("the long-range match compares the second symbol with the second-to-last")
    func longRangeMatch() {
        #expect(ReberGrammar.longRangeMatch("BTBPVVETE") && ReberGrammar.longRangeMatch("BPxPE"))
        #expect(!ReberGrammar.longRangeMatch("BTBPVVEPE") && !ReberGrammar.longRangeMatch("BTE") && !ReberGrammar.longRangeMatch(""))
        #expect(ReberGrammar.hasEnded("BTBPVVETE") && !ReberGrammar.hasEnded("BTBPVVET"))
    }

    @Test("every Reber string is grammatical, all edges are taken, and targets are the next symbols")
    func reber() throws {
        let reber = EmbeddedReber(try options())
        var pairs: Set<String> = []
        var upperCount = 0
        for part in DataPart.allCases {
            let found = reber.batches(of: .evaluation(part)).allColumns()
            #expect(found.count == reber.exampleCount(of: part))
            for column in found {
                let string = reber.string(ofExample: column.index, in: part)
                let symbols = Array(string)
                #expect(ReberGrammar.isGrammatical(string) && ReberGrammar.longRangeMatch(string) && ReberGrammar.hasEnded(string), "\(string)")
                #expect(!ReberGrammar.hasEnded(String(string.dropLast())))
                #expect(try column.tokens == reber.vocabulary?.encode(String(string.dropLast())))
                #expect(try column.targetTokens == reber.vocabulary?.encode(String(string.dropFirst())))
                for (one, next) in zip(symbols, symbols.dropFirst()) { pairs.insert("\(one)\(next)") }
                upperCount += symbols[1] == "T" ? 1 : 0
                #expect(column.tokens.count <= reber.longestTimeCount)
            }
        }
        #expect(abs(upperCount - 1250) < 150)
        // Every pair of adjacent symbols that the grammar allows.
        let allowed = [
            "BT", "BP", "TB", "PB", "TS", "TX", "PT", "PV", "SS", "SX", "XX", "XS", "XT", "XV", "TT", "TV", "VP", "VV", "PX", "PS", "SE", "VE", "ET",
            "EP", "TE", "PE",
        ]
        #expect(pairs == Set(allowed))
        #expect(reber.task.output == OutputDescription(count: 7, isEveryStep: true, loss: .crossEntropy))
    }

    @Test("a dataset of a thousand million Reber strings is made in seconds; only the first two million are generated in advance")
    func manyStrings() throws {
        let began = ContinuousClock.now
        let many = EmbeddedReber(try GeneratedOptions(trainingCount: 1_000_000_000, validationCount: 10, batchSize: 8, seed: 11))
        let batch = many.batches(of: .training(epoch: 0)).sequences(at: 0..<8, ofBatch: 124_999_999)
        #expect(batch.sequenceCount == 8 && batch.globalIndices.allSatisfy { (0..<1_000_000_000).contains($0) })
        #expect(ContinuousClock.now - began < .seconds(30))
        let fewer = EmbeddedReber(try options())
        #expect(many.longestTimeCount > fewer.longestTimeCount && many.fingerprint != fewer.fingerprint)
    }

    @Test("an example depends only on seed, part and index")
    func functions() throws {
        let few = EmbeddedReber(try GeneratedOptions(trainingCount: 10, batchSize: 3, seed: 11))
        let many = EmbeddedReber(try options())
        let other = EmbeddedReber(try options(seed: 12))
        for example in 0..<10 {
            #expect(few.string(ofExample: example, in: .training) == many.string(ofExample: example, in: .training))
        }
        let strings = { (data: EmbeddedReber, part: DataPart) in (0..<50).map { data.string(ofExample: $0, in: part) } }
        #expect(strings(many, .training) != strings(other, .training))
        #expect(strings(many, .training) != strings(many, .validation) && strings(many, .validation) != strings(many, .test))
        #expect(Set([few.fingerprint, many.fingerprint, other.fingerprint]).count == 3)
    }

    @Test("the first strings equal those of an implementation in another language")
    func knownStrings() throws {
        let reber = EmbeddedReber(try options(seed: 0))
        let found = (0..<5).map { reber.string(ofExample: $0, in: .training) }
        #expect(found == ["BPBTXXTTVPSEPE", "BPBPTTVPXTVPXVPSEPE", "BPBPTVVEPE", "BPBTSXSEPE", "BTBPVPSETE"])
        #expect((0..<2).map { reber.string(ofExample: $0, in: .test) } == ["BPBPVPXTVVEPE", "BTBPVPSETE"])
    }

    @Test("adding: two marks as in the paper, the ends marked −1, and the target follows from the marked values")
    func adding() throws {
        for length in [6, 7, 19, 20, 21, 100] {
            let adding = try AddingProblem(try options(300), length: length)
            var firsts: Set<Int> = []
            for column in adding.batches(of: .training(epoch: 0)).allColumns() {
                let values = (0..<length).map { column.vectors[2 * $0] }
                let markers = (0..<length).map { column.vectors[2 * $0 + 1] }
                let marked = markers.indices.filter { markers[$0] == 1 }
                #expect(markers[0] == -1 && markers[length - 1] == -1 && markers.filter { $0 == 0 }.count == length - 4)
                #expect(marked.count == 2 && marked[0] < 10 && marked[1] < length / 2, "\(length): \(marked)")
                #expect(values.allSatisfy { $0 >= -1 && $0 < 1 })
                let wanted = 0.5 + (Double(values[marked[0]]) + Double(values[marked[1]])) / 4
                #expect(abs(Double(column.targetNumbers[0]) - wanted) < 1e-7)
                firsts.insert(marked[0])
            }
            // With six or seven steps there is only one possible pair of marks.
            #expect(length < 10 || firsts.count > 1)
        }
        #expect(fault { _ = try AddingProblem(try options(), length: 5) }?.category == .badConfiguration)
    }

    @Test("temporal order: ends, positions, distractors and classes are the paper's")
    func temporalOrder() throws {
        for length in [10, 11, 37, 100] {
            let order = try TemporalOrder(try options(), length: length)
            var classCounts = [0, 0, 0, 0]
            for column in order.batches(of: .evaluation(.training)).allColumns() {
                let text = Array(order.vocabulary?.decode(column.tokens) ?? "")
                let places = text.indices.filter { text[$0] == "X" || text[$0] == "Y" }
                #expect(text.first == "E" && text.last == "B" && places.count == 2)
                #expect((length...length + length / 10).contains(text.count))
                #expect((length / 10...length / 5).contains(places[0]) && (length / 2...3 * length / 5).contains(places[1]))
                #expect(text.dropFirst().dropLast().allSatisfy { "abcdXY".contains($0) })
                let label = Int(column.targetTokens[0])
                #expect(["XX": "Q", "XY": "R", "YX": "S", "YY": "U"][String(places.map { text[$0] })] == TemporalOrder.classes[label])
                classCounts[label] += 1
            }
            #expect(classCounts.allSatisfy { abs($0 - 500) < 120 }, "\(classCounts)")
        }
        #expect(fault { _ = try TemporalOrder(try options(), length: 9) }?.category == .badConfiguration)
    }

    @Test("counts out of range are rejected")
    func counts() {
        for (training, validation, test, batch) in [(0, 0, 0, 1), (1, -1, 0, 1), (1, 0, -1, 1), (1, 0, 0, 0), (Int.max, 0, 0, 1)] {
            #expect(
                fault {
                    _ = try GeneratedOptions(trainingCount: training, validationCount: validation, testCount: test, batchSize: batch, seed: 0)
                }?.category == .badConfiguration)
        }
    }
}
