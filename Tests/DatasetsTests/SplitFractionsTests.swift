import Datasets
import Testing

@Suite struct SplitFractionsTests {
    @Test("tinyshakespeare's 1,115,394 characters give 1,003,854 to train on and 111,540 to validate")
    func tinyshakespeare() throws {
        let split = try SplitFractions(validation: 0.1)
        #expect(split.range(of: .training, count: 1_115_394) == 0..<1_003_854)
        #expect(split.range(of: .validation, count: 1_115_394) == 1_003_854..<1_115_394)
        #expect(split.range(of: .test, count: 1_115_394).isEmpty)
    }

    @Test("decimal fractions that have no exact binary value count as written")
    func decimals() throws {
        for tenths in 0...9 {
            for other in 0...9 - tenths {
                let split = try SplitFractions(validation: Double(tenths) / 10, test: Double(other) / 10)
                for tens in [1, 2, 7, 1000, 100_000_000] {
                    let counts = DataPart.allCases.map { split.range(of: $0, count: 10 * tens).count }
                    #expect(counts == [(10 - tenths - other) * tens, tenths * tens, other * tens], "\(split), \(tens)")
                }
            }
        }
    }

    @Test("parts are disjoint, in order and complete for every count")
    func partition() throws {
        for validation in [0, 0.05, 0.1, 0.3, 0.5, 0.99] {
            for test in [0, 0.009, 0.1, 1.0 / 3, 0.5] where validation + test < 1 {
                let split = try SplitFractions(validation: validation, test: test)
                for count in 0...60 {
                    let parts = DataPart.allCases.map { split.range(of: $0, count: count) }
                    #expect(parts.flatMap(Array.init) == Array(0..<count))
                    #expect(validation > 0 || parts[1].isEmpty)
                    #expect(test > 0 || parts[2].isEmpty)
                }
            }
        }
    }

    @Test("invalid fractions, and those that leave nothing to train on, are rejected")
    func refused() {
        for (validation, test) in [(-0.1, 0), (1, 0), (.nan, 0), (0, -1), (0, .infinity), (0.5, 0.5), (0.9, 0.2)] as [(Double, Double)] {
            #expect(fault { _ = try SplitFractions(validation: validation, test: test) }?.category == .badConfiguration)
        }
    }
}
