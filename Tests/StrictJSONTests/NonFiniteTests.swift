import StrictJSON
import Testing

@Suite("Numbers that JSON doesn't have")
struct NonFiniteTests {
    @Test("NaN and infinities are refused unless they are accepted, and then numbers whose literals are kept")
    func literals() throws {
        let text = Array(#"[NaN, -Infinity, {"a": Infinity}, -1, null, "NaN"]"#.utf8)
        #expect(throws: JSONError.self) { try JSONValue.parse(text) }
        let values = try #require(try JSONValue.parse(text, acceptsNonFinite: true).arrayValue)
        #expect(values[0].content == .number("NaN") && values[1].content == .number("-Infinity") && values[2]["a"]?.content == .number("Infinity"))
        #expect(values[3].integerValue == -1 && values[4].content == .null && values[5].stringValue == "NaN" && values[0].realValue == nil)
        #expect(values[2]["a"]?.position == JSONPosition(line: 1, column: 24))
    }

    @Test("nothing that only begins so is accepted", arguments: ["NaNs", "Infinity1", "-Inf", "nan", "-NaN", "- Infinity", "+Infinity", "In", "N"])
    func others(text: String) { #expect(throws: JSONError.self) { try JSONValue.parse(Array(text.utf8), acceptsNonFinite: true) } }
}
