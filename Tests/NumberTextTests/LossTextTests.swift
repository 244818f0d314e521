import NumberText
import Testing

@Suite("losses and shares as text")
struct LossTextTests {
    @Test("a loss has four decimals, or three significant digits if it is small or large")
    func losses() {
        let wanted: [(Double, String)] = [
            (0, "0.0000"), (1.67264, "1.6726"), (0.001, "0.0010"), (0.00099, "9.90e-04"), (4.9e-5, "4.90e-05"), (1e-300, "1.00e-300"),
            (99999, "99999.0000"), (2.62e6, "2.62e+06"), (-4.9e-5, "-4.90e-05"), (.infinity, "inf"),
        ]
        for (value, text) in wanted { #expect(lossText(value) == text) }
    }

    @Test("NaN has no sign")
    func notANumber() {
        for value in [Double.nan, -Double.nan, Double(sign: .minus, exponent: 0, significand: .nan)] {
            #expect(lossText(value) == "NaN" && numberText(value) == "NaN" && decimal(value) == "NaN" && printed(value, "%.3g") == "NaN")
            #expect(shareText(value) == "NaN" && percentText(value, decimals: 2) == "NaN")
        }
        #expect(numberText(1e38) == "1e+38" && numberText(-.infinity) == "-inf")
    }

    @Test("a share reads as the whole or as nothing only if it is")
    func shares() {
        #expect(percentText(1, decimals: 2) == "100.00" && percentText(0, decimals: 2) == "0.00" && percentText(0.46275, decimals: 2) == "46.27")
        #expect(percentText(0.99996, decimals: 2) == "99.996" && percentText(999_999.0 / 1_000_000, decimals: 2) == "99.9999")
        #expect(percentText(1e-6, decimals: 2) == "0.0001")
        #expect(shareText(1) == "1.0000" && shareText(0.99996) == "0.99996" && shareText(0) == "0.0000" && shareText(0.00002) == "0.00002")
        #expect(shareText(1.nextDown) != "1.0000")
    }
}
