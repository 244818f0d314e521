import Foundation
import HostileInput
import StrictJSON
import Testing

@Suite("JSON of hostile sizes")
struct HostileSizeTests {
    @Test("512 levels are read, compared, written and released with the half MiB of stack of a Dispatch thread", arguments: ["[", "{\"a\":"])
    func deepestOnSmallStack(open: String) async {
        let equal = await withCheckedContinuation { (resumePoint: CheckedContinuation<Bool, Never>) in
            let thread = Thread {
                var limits = JSONLimits()
                limits.depth = .max
                let text = String(repeating: open, count: 512) + (open == "[" ? "" : "0") + String(repeating: open == "[" ? "]" : "}", count: 512)
                let values = (0..<2).map { _ in try? JSONValue.parse(Array(text.utf8), limits: limits) }
                resumePoint.resume(returning: values[0] != nil && values[0] == values[1] && values[0]?.serialized() == text)
            }
            thread.stackSize = 512 << 10
            thread.start()
        }
        #expect(equal)
    }

    @Test("a text of 10 MB of one kind is read or rejected in linear time", arguments: ["\\n", "\\ud834\\udd1e", "é", " ", "9"])
    func long(piece: String) {
        func seconds(_ byteCount: Int) -> Double {
            let quote = piece == " " || piece == "9" ? "" : "\""
            let text = Array((quote + String(repeating: piece, count: byteCount / piece.utf8.count) + quote).utf8)
            return ContinuousClock().measure {
                let value = try? JSONValue.parse(text)
                #expect((value == nil) == (piece == " "))
                #expect(value?.integerValue == nil && value?.realValue == nil)
            } / .seconds(1)
        }
        let (short, long) = (seconds(100_000), seconds(10_000_000))
        #expect(long < 15 * 100 * max(short, 0.0005), "100 kB took \(short) s, 10 MB \(long) s; quadratic would be 10,000 times as long")
    }

    @Test("the maximum number of values takes at most half a GiB, in any nesting")
    func memory() async {
        await #expect(processExitsWith: .success) {
            for piece in ["[1],", "[[[]]],", "{\"\":1},", "\"abcdefghijklmnopqrst\","] {
                let valueCount = piece.hasPrefix("\"") ? 1 : piece.hasPrefix("[[") ? 3 : 2
                let text = Array(("[" + String(repeating: piece, count: (2 << 20) / valueCount - 2) + "0]").utf8)
                guard let value = try? JSONValue.parse(text), value.arrayValue != nil else { exit(2) }
            }
            exit(peakMemoryByteCount() < 512 << 20 ? 0 : 3)
        }
    }
}
