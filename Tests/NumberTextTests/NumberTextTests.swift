import Foundation
import NumberText
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    @Test(
        "a figure has the given number of significant digits, no trailing zeros, and a power of ten if it is very large or small",
        arguments: [
            (1.67291, "1.673"), (0.0002, "0.0002"), (2.5e-7, "2.5·10⁻⁷"), (1e-7, "10⁻⁷"), (-1e-7, "−10⁻⁷"), (1_115_394, "1,115,394"), (0, "0"),
            (9.99996, "10"), (99_999.6, "100,000"), (-0.5, "−0.5"), (9.99996e-7, "10⁻⁶"), (8.1e37, "8.1·10³⁷"), (.nan, "–"), (.infinity, "–"),
            (1000, "1,000"), (0.1 + 0.2, "0.3"), (.greatestFiniteMagnitude, "1.798·10³⁰⁸"), (.leastNormalMagnitude, "2.225·10⁻³⁰⁸"),
        ])
    func figures(value: Double, text: String) {
        #expect(figure(value) == text)
    }

    @Test("fixed decimals have trailing zeros and thousands separators, and rounding to 0 leaves no sign")
    func fixedDigits() {
        #expect(fixed(1234.5, decimals: 2) == "1,234.50")
        #expect(fixed(-0.004, decimals: 2) == "0.00")
        #expect(fixed(-0.005001, decimals: 2) == "−0.01")
        #expect(fixed(0.95, decimals: 0) == "1")
        #expect(fixed(12, decimals: 0) == "12")
        #expect(fixed(999_999_999_999_999, decimals: 6) == "999,999,999,999,999")
    }

    @Test("durations have suitable units")
    func durations() {
        #expect([0.04, 9.94, 9.96, 59.4, 59.6, 3599, 3600, 36e5].map(durationText) == [
            "0.0 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "1,000 h 0 min",
        ])
        #expect(durationText(.nan) == "–" && durationText(-1) == "–")
    }

    @Test("a column's duration has at most eight characters")
    func shortDurations() {
        #expect([0.04, 9.96, 99.4, 99.6, 596, 3500, 3600, 5e5].map(shortDuration) == ["0.0 s", "10 s", "99 s", "1.7 min", "9.9 min", "58 min", "1.0 h", "6 days"])
        #expect(shortDuration(.infinity) == "–")
        for exponent in 0..<70 { #expect(shortDuration(pow(1.25, Double(exponent)) - 1).count <= 8, "1.25^\(exponent)") }
    }

    @Test("a quantity has three digits and a unit")
    func amounts() {
        #expect([0, 7, 0.5, 812, 999.6, 12_345, 1_234_567, 2.5e9].map(short) == ["0", "7", "0.50", "812", "1.00 k", "12.3 k", "1.23 M", "2.50 G"])
        #expect(bytes(52_400_000) == "52.4 MB" && bytes(12) == "12 bytes" && short(.nan) == "–")
        #expect(counted(1, "rank") == "1 rank" && counted(1200, "rank") == "1,200 ranks")
    }

    @Test("decimals have three significant digits", arguments: [
        (0.0, "0.0"), (0.0452, "0.0452"), (1.336, "1.34"), (14.24, "14.2"), (99.96, "100"), (103.4, "103"), (1240.4, "1,240"), (2.0, "2"),
    ])
    func decimals(value: Double, text: String) {
        #expect(decimal(value) == text)
    }

    @Test("one item is singular, and other counts have the plural")
    func counts() {
        #expect(counted(1, "batch") == "1 batch" && counted(2, "batch") == "2 batches" && counted(0, "step") == "0 steps")
        #expect(counted(1200, "entry") == "1,200 entries" && counted(3, "day") == "3 days" && counted(2, "class") == "2 classes")
    }
}
