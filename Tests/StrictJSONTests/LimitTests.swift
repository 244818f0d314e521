import StrictJSON
import Testing

@Suite("Limits of a JSON text")
struct LimitTests {
    private func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
        Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }

    @Test("nesting up to the limit is accepted, and one more level is rejected where it begins")
    func depth() throws {
        _ = try JSONValue.parse(nested(64, "[", "]"))
        expectError(nested(65, "[", "]"), "1:65: found arrays and objects nested deeper than 64, expected at most that many levels")
        expectError(
            Array(String(repeating: "{\"a\":", count: 70).utf8), "1:321: found arrays and objects nested deeper than 64, expected at most that many levels")
        _ = try JSONValue.parse(Array(("[" + String(repeating: "[],", count: 200) + "[]]").utf8))
    }

    @Test("no limit allows a text to overflow the stack")
    func deepest() {
        var limits = JSONLimits()
        limits.depth = .max
        expectError(
            nested(1_000_000, "[", "]"), limits: limits,
            "1:513: found arrays and objects nested deeper than 512, expected at most that many levels")
    }

    @Test("a text with more bytes or more values than the limit is rejected")
    func size() throws {
        var limits = JSONLimits()
        limits.byteCount = 5
        limits.valueCount = 3
        _ = try JSONValue.parse(Array("[1,2]".utf8), limits: limits)
        expectError(Array("[1,2 ]".utf8), limits: limits, "1:1: found a text of 6 bytes, expected at most 5")
        limits.byteCount = 100
        expectError(Array("[1,2,3]".utf8), limits: limits, "1:6: found more values than 3, expected at most that many in a text")
    }

    @Test("a million keys take linear time, and a duplicate of the last one is found")
    func manyKeys() {
        func seconds(_ count: Int) -> Double {
            var text = Array("{".utf8)
            for index in 0..<count { text += Array("\"\(index)\":0,".utf8) }
            text += Array("\"\(count - 1)\":0}".utf8)
            let clock = ContinuousClock()
            let elapsed = clock.measure {
                do throws(JSONError) {
                    _ = try JSONValue.parse(text)
                    Issue.record("the key that came twice was taken")
                } catch {
                    #expect(error.message.hasPrefix("found the key \"\(count - 1)\" a second time"))
                }
            }
            return elapsed / .seconds(1)
        }
        let (few, many) = (seconds(20_000), seconds(1_000_000))
        #expect(many < 50 * 20 * max(few, 0.001), "20,000 keys took \(few) s, a million \(many) s; quadratic would be 2,500 times as long")
    }
}
