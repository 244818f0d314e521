extension Configuration {
    /// Keys for file paths, and for reading a table's file. They may be changed if the data are the same, which is checked against the checkpoint.
    package static let pathKeys: Set<String> = readingKeys.union([
        "data.files", "data.validationFiles", "data.testFiles", "data.tokenizer", "model.initialWeights", "model.embeddingFile",
    ])
    /// Keys for reading a table's file.
    package static let readingKeys: Set<String> = ["data.delimiter", "data.decimal", "data.header", "data.missing", "data.order"]
    /// Names of the keys that say how a text becomes symbols.
    package static let textReadingKeys: Set<String> = ["unit", "vocabularySize", "tokenizer", "lowercase", "joinLines"]
}
