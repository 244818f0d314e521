import Datasets
import Testing

@Suite struct VocabularyJSONTests {
    private func stored(_ json: String) throws -> Vocabulary { try Vocabulary(json: Array(json.utf8), file: "vocabulary.json") }

    @Test("a vocabulary survives a JSON round trip: controls, quotes, combining marks, line separators, all planes")
    func roundTrip() throws {
        let files = try TemporaryFiles()
        let text = "\0\n\r\t\"\\/\u{7F}\u{85}é\u{301}\u{212B}\u{C5}\u{2028}\u{FEFF}\u{FFFD}\u{FFFF}𝄞😀\u{10FFFF}"
        for unit in TextUnit.allCases {
            let path = try files.write(text, to: "text")
            let vocabulary = try EncodedText(
                TextOptions(files: [path], reading: TextReading(unit: unit), split: SplitFractions())
            ).vocabulary
            #expect(try stored(vocabulary.json) == vocabulary)
            if unit != .word { #expect(vocabulary.decode(try vocabulary.encode(text)).utf8.elementsEqual(text.utf8)) }
        }
    }

    @Test("each malformed vocabulary is rejected with a position")
    func malformed() {
        let cases = [
            ("", 1, 1), ("[]", 1, 1), ("{\"unit\": \"character\"}", 1, 1), ("{\"unit\": \"phrase\", \"symbols\": [\"a\"]}", 1, 10),
            ("{\"unit\": \"character\", \"symbols\": []}", 1, 34), ("{\"unit\": \"character\", \"symbols\": [\"ab\"]}", 1, 35),
            ("{\"unit\": \"character\", \"symbols\": [\"\"]}", 1, 35), ("{\"unit\": \"character\", \"symbols\": [7]}", 1, 35),
            ("{\"unit\": \"character\",\n \"symbols\": [\"a\", \"b\", \"a\"]}", 2, 24), ("{\"unit\": \"byte\", \"symbols\": [256]}", 1, 30),
            ("{\"unit\": \"byte\", \"symbols\": [-1]}", 1, 30), ("{\"unit\": \"byte\", \"symbols\": [1], \"more\": 1}", 1, 1),
            ("{\"unit\": \"byte\", \"sybmols\": [1]}", 1, 1), ("{\"unit\": \"word\", \"symbols\": [\"a b\"]}", 1, 30),
            ("{\"unit\": \"word\", \"symbols\": [\"\"]}", 1, 30), ("{\"unit\": \"word\", \"symbols\": [\"a\", \"a\"]}", 1, 35), ("{\"unit\": \"word\", \"symbols\": [7]}", 1, 30),
        ]
        for (json, line, column) in cases {
            guard case .malformedFile("vocabulary.json", let foundLine, let foundColumn, _)? = fault({ _ = try stored(json) }) else {
                Issue.record("not refused: \(json)")
                continue
            }
            #expect(foundLine == line && foundColumn == column, "\(json): \(foundLine):\(foundColumn)")
        }
    }
}
