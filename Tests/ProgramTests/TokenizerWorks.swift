import FileFixtures

// Texts in byte pairs of other origins than the text that is learned.
extension Work {
    /// Byte pairs of a tokenizer's file.
    static let tokenizer = Work(
        name: "tokenizer",
        configuration: """
            {"data": {"kind": "text", "files": "text.txt", "unit": "bpe", "tokenizer": "byteLevel.json", "length": 6, "validationFraction": 0.2},
             "model": {"hidden": 12, "embedding": 7}, "training": {"batch": 5, "steps": 50, "clipNorm": 0.5}, "optimizer": {"learningRate": 0.01}}
            """,
        files: ["text.txt": prose, "byteLevel.json": TokenizerFixture().json])

    /// Labelled texts in byte pairs that are learnt from the training part.
    static let labelledPairs = Work(
        name: "labelledPairs",
        configuration: """
            {"data": {"kind": "sequences", "files": "texts.csv", "label": "kind", "text": "text", "unit": "bpe", "vocabularySize": 280, "validationFraction": 0.2},
             "model": {"hidden": 9, "embedding": 6}, "training": {"batch": 10, "steps": 50, "clipNorm": 1}, "optimizer": {"learningRate": 0.02}}
            """,
        files: ["texts.csv": labelledTextTable])
}
