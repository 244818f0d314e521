import Charts
import Testing

@Suite("Numbers as charts write them")
struct NumberTextTests {
    @Test(
        "a figure has so many significant digits, no zeros at its end, and a power of ten where it is very large or small",
        arguments: [
            (1.67291, "1.673"), (0.0002, "0.0002"), (2.5e-7, "2.5·10⁻⁷"), (1e-7, "10⁻⁷"), (-1e-7, "−10⁻⁷"), (1_115_394, "1,115,394"), (0, "0"),
            (9.99996, "10"), (99_999.6, "100,000"), (-0.5, "−0.5"), (9.99996e-7, "10⁻⁶"), (8.1e37, "8.1·10³⁷"), (.nan, "–"), (.infinity, "–"),
            (1000, "1,000"), (0.1 + 0.2, "0.3"), (.greatestFiniteMagnitude, "1.798·10³⁰⁸"), (.leastNormalMagnitude, "2.225·10⁻³⁰⁸"),
        ])
    func figures(value: Double, text: String) {
        #expect(figure(value) == text)
    }

    @Test("fixed digits stay, thousands are apart, and rounding to 0 leaves no sign")
    func fixedDigits() {
        #expect(fixed(1234.5, decimals: 2) == "1,234.50")
        #expect(fixed(-0.004, decimals: 2) == "0.00")
        #expect(fixed(-0.005001, decimals: 2) == "−0.01")
        #expect(fixed(0.95, decimals: 0) == "1")
        #expect(fixed(12, decimals: 0) == "12")
        #expect(fixed(999_999_999_999_999, decimals: 6) == "999,999,999,999,999")
    }

    @Test("durations have the units that a person thinks in")
    func durations() {
        #expect([0.04, 9.94, 9.96, 59.4, 59.6, 3599, 3600, 36e5].map(durationText) == [
            "0.0 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "1,000 h 0 min",
        ])
        #expect(durationText(.nan) == "–" && durationText(-1) == "–")
    }

    @Test("a length is written to a tenth")
    func coordinates() {
        #expect([0, 12, 12.04, 12.05, -0.04, -3.25, 1e300].map(coordinate) == ["0", "12", "12", "12.1", "0", "-3.3", "1000000"])
    }
}
