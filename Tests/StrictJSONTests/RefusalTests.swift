import StrictJSON
import Testing

@Suite("JSON that is rejected")
struct RefusalTests {
    /// A text that isn't JSON, and its complete error message.
    struct Refusal: CustomTestStringConvertible {
        let text: String
        let description: String
        var testDescription: String { text }
        init(_ text: String, _ description: String) { (self.text, self.description) = (text, description) }
    }

    @Test("each kind of syntax error has its own message and position", arguments: refusals)
    func malformed(_ refusal: Refusal) {
        expectError(Array(refusal.text.utf8), refusal.description)
    }

    static let refusals: [Refusal] = structure + numbers + strings

    private static let aValue = "a value: an object, an array, a string in double quotes, a number, true, false or null"

    private static let structure = [
        Refusal("", "1:1: found the end of the text, expected \(aValue)"),
        Refusal(" \n\t ", "2:3: found the end of the text, expected \(aValue)"),
        Refusal("nul", "1:1: found 'nul', expected \(aValue)"),
        Refusal("truely", "1:1: found 'truely', expected \(aValue)"),
        Refusal("null0", "1:1: found 'null0', expected \(aValue)"),
        Refusal("[NaN]", "1:2: found 'NaN', expected \(aValue)"),
        Refusal("[True]", "1:2: found 'True', expected \(aValue)"),
        Refusal("{\"a\":\n  é}", "2:3: found 'é' (U+00E9), expected \(aValue)"),
        Refusal("'a'", "1:1: found a single quote (JSON has only double ones), expected \(aValue)"),
        Refusal("[1,]", "1:3: found a comma before ']', expected another value behind it or no comma"),
        Refusal("[1 2]", "1:4: found '2', expected ',' or ']' behind an element of the array"),
        Refusal("[1,,2]", "1:4: found ',', expected \(aValue)"),
        Refusal("[1", "1:3: found the end of the text, expected ',' or ']' behind an element of the array"),
        Refusal("[1}", "1:3: found '}', expected ',' or ']' behind an element of the array"),
        Refusal("{\"a\":1,\n}", "1:7: found a comma before '}', expected another key behind it or no comma"),
        Refusal("{a:1}", "1:2: found 'a', expected a key in double quotes"),
        Refusal("{,}", "1:2: found ',', expected a key in double quotes"),
        Refusal("{\"a\" 1}", "1:6: found '1', expected ':' behind the key \"a\""),
        Refusal("{\"a\":}", "1:6: found '}', expected \(aValue)"),
        Refusal("{\"a\":1 \"b\":2}", "1:8: found '\"', expected ',' or '}' behind a member of the object"),
        Refusal("{\"a\":1 // one\n}", "1:8: found '/' (JSON has no comments), expected ',' or '}' behind a member of the object"),
        Refusal("[] []", "1:4: found '[', expected nothing behind the end of the value"),
        Refusal("{\"a\":1,\n \"é\":2, \"a\":3}", "2:9: found the key \"a\" a second time, expected it once: the first is at 1:2. Remove one"),
        Refusal("{\"a\":1,\"\\u0061\":3}", "1:8: found the key \"a\" a second time, expected it once: the first is at 1:2. Remove one"),
        Refusal("\u{FEFF}{}", "1:1: found a byte order mark, expected UTF-8 without one. Save the file as plain UTF-8"),
        Refusal("{}\u{0}", "1:3: found the control character U+0000, expected nothing behind the end of the value"),
    ]

    private static let numbers = [
        Refusal("01", "1:1: found the number 01, expected no zero before its first digit"),
        Refusal("[-007]", "1:2: found the number -007, expected no zero before its first digit"),
        Refusal("+1", "1:1: found '+', expected \(aValue)"),
        Refusal(".5", "1:1: found '.', expected \(aValue)"),
        Refusal("-", "1:2: found the end of the text, expected a digit behind '-'"),
        Refusal("-a", "1:2: found 'a', expected a digit behind '-'"),
        Refusal("[1.]", "1:4: found ']', expected a digit behind the decimal point"),
        Refusal("[1e]", "1:4: found ']', expected a digit in the exponent"),
        Refusal("[1e+]", "1:5: found ']', expected a digit in the exponent"),
        Refusal("0x10", "1:2: found 'x10', expected nothing behind the end of the value"),
        Refusal("[1_000]", "1:3: found '_000', expected ',' or ']' behind an element of the array"),
    ]

    private static let strings = [
        Refusal("[\"ab", "1:5: found the end of the text, expected '\"' to close the string that begins at 1:2"),
        Refusal("[\"ab\n\"]", "1:5: found the end of the line, expected '\"' to close the string that begins at 1:2"),
        Refusal("\"a\tb\"", "1:3: found the control character U+0009, expected it written as \\u0009 in a string"),
        Refusal("\"\\x41\"", "1:3: found 'x41', expected one of \" \\ / b f n r t u behind '\\'"),
        Refusal("\"\\", "1:3: found the end of the text, expected one of \" \\ / b f n r t u behind '\\'"),
        Refusal("\"\\u12G4\"", "1:6: found 'G4', expected four hexadecimal digits behind '\\u'"),
        Refusal("\"é\\u12\"", "1:7: found '\"', expected four hexadecimal digits behind '\\u'"),
        Refusal("\"é\\uD800\"", "1:3: found half of a surrogate pair, \\uD800, expected a low one (\\uDC00 to \\uDFFF) behind it"),
        Refusal("\"\\uD800\\n\"", "1:2: found half of a surrogate pair, \\uD800, expected a low one (\\uDC00 to \\uDFFF) behind it"),
        Refusal("\"\\uD800\\uD800\"", "1:2: found half of a surrogate pair, \\uD800, expected a low one (\\uDC00 to \\uDFFF) behind it"),
        Refusal("\"\\uDC00\"", "1:2: found half of a surrogate pair, \\uDC00, expected a high one (\\uD800 to \\uDBFF) before it"),
    ]

    @Test("bytes that aren't UTF-8 are rejected with line, column and offset", arguments: malformedUTF8)
    func notUTF8(_ bytes: [UInt8]) {
        let text = Array("{\n \"é\": \"é".utf8) + bytes + Array("\"}".utf8)
        let byte = String(bytes[0], radix: 16, uppercase: true)
        expectError(
            text, "2:9: found the byte 0x\(byte) at offset 12, which is not UTF-8 there, expected a text that is UTF-8 throughout")
    }

    /// A stray continuation byte, overlong forms, a surrogate, beyond U+10FFFF, truncated sequences, bytes that never occur in UTF-8.
    static let malformedUTF8: [[UInt8]] = [
        [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xF5], [0xFE], [0xFF],
    ]

    @Test("bytes that aren't UTF-8 are rejected outside strings too, also at the text's end")
    func notUTF8OutsideStrings() {
        expectError([0xFF, 0xFE], "1:1: found the byte 0xFF at offset 0, which is not UTF-8 there, expected a text that is UTF-8 throughout")
        expectError([0x5B, 0x5D, 0xE2, 0x82], "1:3: found the byte 0xE2 at offset 2, which is not UTF-8 there, expected a text that is UTF-8 throughout")
        expectError([0x22, 0xF0, 0x9F], "1:2: found the byte 0xF0 at offset 1, which is not UTF-8 there, expected a text that is UTF-8 throughout")
    }

    @Test("a key that contains a terminal's escape sequence is shown escaped")
    func escapesInKeys() {
        expectError(
            Array(#"{"\u001b[2J":1,"\u001b[2J":2}"#.utf8),
            #"1:16: found the key "\u001B[2J" a second time, expected it once: the first is at 1:2. Remove one"#)
    }
}

/// Records an issue unless `bytes` are rejected with exactly this description.
func expectError(
    _ bytes: [UInt8], limits: JSONLimits = JSONLimits(), _ description: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    do throws(JSONError) {
        let value = try JSONValue.parse(bytes, limits: limits)
        Issue.record("was taken as \(value.serialized().prefix(80))", sourceLocation: sourceLocation)
    } catch {
        #expect(error.description == description, sourceLocation: sourceLocation)
    }
}
