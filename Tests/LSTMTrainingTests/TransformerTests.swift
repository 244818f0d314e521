import LSTMTraining
import Testing

@Suite("a trained transformer")
struct TransformerTests {
    private static let blocks = #"[{"type": "transformer", "heads": 2, "feedForward": 16}, {"type": "layerNorm"}]"#
    private static let contexts =
        #"[{"type": "transformer", "heads": 2, "feedForward": 16, "context": 9}, {"type": "transformer", "heads": 1, "feedForward": 12, "norm": "post", "context": 7}]"#

    /// Chunks of other lengths sum in another order: equal to float32's precision only.
    @Test("reads a text in one piece, in several, or symbol by symbol with the same probabilities", arguments: [
        (#""text", "files": "data.txt", "length": 10"#, blocks, "the dog ran on the mat"),
        (#""text", "files": "data.txt", "length": 10"#, contexts, "the dog ran on the mat"),
        (#""textWindows", "files": "data.txt", "length": 10"#, blocks, "the dog ran on the mat"),
        (#""embeddedReber", "trainingExamples": 64"#, blocks, "BTBTSSX"),
        (#""embeddedReber", "trainingExamples": 64"#, contexts, "BTBTSSX"),
    ])
    func sessions(data: String, layers: String, text: String) throws {
        let example = try TrainedExample(
            #"{"data": {"kind": \#(data)}, "model": {"embedding": 12, "layers": \#(layers)}, "training": {"batch": 8, "steps": 6}}"#,
            data: String(repeating: "the dog ran on the mat and the cat sat on a tree.\n", count: 40))
        defer { example.remove() }
        let model = try TrainedModel(path: example.path)
        let (whole, pieces, symbols) = (try model.session(), try model.session(), try model.session())
        try whole.read(text)
        for piece in [String(text.prefix(3)), String(text.dropFirst(3))] { try pieces.read(piece) }
        for symbol in text { try symbols.read(String(symbol)) }
        let wanted = try #require(whole.probabilities)
        for session in [pieces, symbols] {
            let found = try #require(session.probabilities)
            #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
        }
        // All that was read counts, not the last symbol alone.
        let last = try model.session()
        try last.read(String(text.suffix(1)))
        let alone = try #require(last.probabilities)
        #expect(zip(alone, wanted).contains { abs($0 - $1) > 1e-4 })
    }
}
