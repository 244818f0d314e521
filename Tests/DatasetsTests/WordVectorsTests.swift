import Datasets
import Testing

@Suite("Vectors of words from a file")
struct WordVectorsTests {
    let files: TemporaryFiles
    let vocabulary: Vocabulary

    init() throws {
        files = try TemporaryFiles()
        let path = try files.write("the cat the mat é\n", to: "text.txt")
        vocabulary = try EncodedText(TextOptions(files: [path], reading: TextReading(unit: .word), split: SplitFractions())).vocabulary
    }

    private func vectors(_ contents: String, width: Int = 2) throws -> WordVectors {
        try WordVectors(path: files.write(contents, to: "vectors.txt"), width: width, vocabulary: vocabulary)
    }

    @Test("words of the text get their vectors, whatever the order; others, and a word's second vector, are passed over", arguments: [
        "", "5 2\n",
    ])
    func found(head: String) throws {
        let vectors = try vectors(head + "mat 0.5 -1e-3\ndog 1 1\nthe 3 4.25 \n. . 7 8\r\né 0.1 0.2\nthe 9 9\n")
        #expect(vectors.tokens.map { vocabulary.words[Int($0)] } == ["mat", "the", "é"])
        #expect(vectors.values == [0.5, -1e-3, 3, 4.25, 0.1, 0.2] && vectors.lineCount == 6)
        #expect(vectors.note == "vectors.txt has 3 of 5 symbols; 2 keep initial values: '<eos>', 'cat'; 3 of its words aren't in the text")
    }

    @Test("vectors of numbers alone: a width of 1 has no head line")
    func narrow() throws {
        #expect(try vectors("the 1\ncat 2", width: 1).values == [1, 2])
    }

    @Test("characters have vectors too")
    func characters() throws {
        let path = try files.write("abc", to: "letters.txt")
        let letters = try EncodedText(TextOptions(files: [path], split: SplitFractions())).vocabulary
        let vectors = try WordVectors(path: files.write("c 1 2\nab 3 4\na 5 6\n", to: "vectors.txt"), width: 2, vocabulary: letters)
        #expect(vectors.tokens == [2, 0] && vectors.values == [1, 2, 5, 6])
    }

    @Test("what isn't a file of vectors is refused with its line", arguments: [
        ("the 1 2\ncat 3\n", ":2:1: has 1 number behind the word, and model.embedding is 2."), ("the 1 x\n", ":1:1: 'x' isn't a number."),
        ("the 1 inf\n", ":1:1: 'inf' isn't a number."), ("dog 1 2\n", ":1:1: none of the 1 word of the file is one of the text's."), ("", " is empty."),
    ])
    func refused(contents: String, words: String) {
        #expect { _ = try vectors(contents) } throws: { "\($0)".contains("vectors.txt" + words) }
    }
}
