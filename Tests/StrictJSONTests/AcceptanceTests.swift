import StrictJSON
import Testing

@Suite("JSON that is accepted")
struct AcceptanceTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }

    @Test("each kind of value is recognised, with blanks around it or not", arguments: ["", " ", "\n\t\r "])
    func kinds(blank: String) throws {
        func content(_ text: String) throws -> JSONValue.Content { try parse(blank + text + blank).content }
        #expect(try content("null") == .null)
        #expect(try content("true") == .bool(true))
        #expect(try content("false") == .bool(false))
        #expect(try content("-12.50e+3") == .number("-12.50e+3"))
        #expect(try content("\"\"") == .string(""))
        #expect(try content("[\(blank)]") == .array([]))
        #expect(try content("{\(blank)}") == .object([]))
        #expect(try content("[1\(blank),\(blank)2]") == .array([.integer(1), .integer(2)]))
        #expect(
            try content("{\"a\"\(blank):\(blank)1\(blank),\(blank)\"\":null}")
                == .object([JSONMember(key: "a", value: .integer(1)), JSONMember(key: "", value: JSONValue(.null))]))
    }

    @Test("the two examples of RFC 8259 are read")
    func examples() throws {
        let image = try parse(
            """
            {
              "Image": {
                  "Width":  800,
                  "Height": 600,
                  "Title":  "View from 15th Floor",
                  "Thumbnail": {
                      "Url":    "http://www.example.com/image/481989943",
                      "Height": 125,
                      "Width":  100
                  },
                  "Animated" : false,
                  "IDs": [116, 943, 234, 38793]
                }
            }
            """)
        #expect(image["Image"]?["Thumbnail"]?["Height"]?.integerValue == 125)
        #expect(image["Image"]?["IDs"]?.arrayValue?.map(\.integerValue) == [116, 943, 234, 38793])
        #expect(image["Image"]?["Animated"]?.boolValue == false)
        #expect(image["Image"]?["Width"]?.position == JSONPosition(line: 3, column: 17))
        let places = try parse(#"[{"precision": "zip", "Latitude": 37.7668, "Longitude": -122.3959}]"#)
        #expect(places.arrayValue?[0]["Longitude"]?.realValue == -122.3959)
    }

    @Test("each escape gives its scalar, and other scalars stay")
    func escapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t""#).stringValue == "\"\\/\u{8}\u{C}\n\r\t")
        #expect(try parse(#""\u0041\u00e9\u20AC\u0000""#).stringValue == "Aé€\u{0}")
        #expect(try parse(#""\uD834\uDD1E\udbff\udfff""#).stringValue == "\u{1D11E}\u{10FFFF}")
        #expect(try parse("\"é€\u{1D11E}\u{7F}\u{2028}\"").stringValue == "é€\u{1D11E}\u{7F}\u{2028}")
        #expect(try parse(#""\\u0041""#).stringValue == "\\u0041")
    }

    @Test("a number keeps its literal, and is an Int or a Double if it fits", arguments: [
        ("0", 0, 0.0), ("-0", 0, 0.0), ("9223372036854775807", Int.max, 0x1p63), ("-9223372036854775808", Int.min, -0x1p63),
        ("9223372036854775808", nil, 0x1p63), ("1.0", nil, 1.0), ("1e3", nil, 1000.0), ("1E-3", nil, 0.001), ("-0.5e+1", nil, -5.0),
        ("1e400", nil, nil), ("-1e400", nil, nil), ("1e-400", nil, 0.0), ("0.1000000000000000055511151231257827", nil, 0.1),
    ] as [(String, Int?, Double?)])
    func numbers(literal: String, integer: Int?, real: Double?) throws {
        let value = try parse(literal)
        #expect(value.content == .number(literal))
        #expect(value.integerValue == integer)
        #expect(value.realValue == real)
    }

    @Test("a value of one kind isn't of another")
    func kindsApart() throws {
        let values = try parse(#"[null, true, 1, "1", [], {}]"#).arrayValue ?? []
        #expect(values.map { $0.boolValue != nil } == [false, true, false, false, false, false])
        #expect(values.map { $0.integerValue != nil } == [false, false, true, false, false, false])
        #expect(values.map { $0.realValue != nil } == [false, false, true, false, false, false])
        #expect(values.map { $0.stringValue != nil } == [false, false, false, true, false, false])
        #expect(values.map { $0.arrayValue != nil } == [false, false, false, false, true, false])
        #expect(values.map { $0.objectValue != nil } == [false, false, false, false, false, true])
        #expect(values.allSatisfy { $0["a"] == nil })
    }

    @Test("values and keys have line and column; columns count scalars, and lines end with LF or CR LF")
    func positions() throws {
        let value = try parse("{\"é𝄞\": [1,\r\n  \"x\"],\n\n\t\"b\": {}}")
        let members = value.objectValue ?? []
        #expect(value.position == JSONPosition(line: 1, column: 1))
        #expect(members.map(\.keyPosition) == [JSONPosition(line: 1, column: 2), JSONPosition(line: 4, column: 2)])
        #expect(members.map(\.value.position) == [JSONPosition(line: 1, column: 8), JSONPosition(line: 4, column: 7)])
        #expect(members.first?.value.arrayValue?.map(\.position) == [JSONPosition(line: 1, column: 9), JSONPosition(line: 2, column: 3)])
    }

    @Test("strings that look alike but have different scalars are different keys and values")
    func canonicalEquivalence() throws {
        let value = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(value["\u{E9}"]?.integerValue == 1)
        #expect(value["e\u{301}"]?.integerValue == 2)
        #expect(JSONValue.text("\u{E9}") != JSONValue.text("e\u{301}"))
    }
}
