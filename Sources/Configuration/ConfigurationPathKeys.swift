extension Configuration {
    /// Keys that say where a file lies, or how a table's is read. What is read must be the same, and is held against what the checkpoint says.
    package static let pathKeys: Set<String> = readingKeys.union(["data.files", "model.initialWeights"])
    /// Keys that say how a table's file is read.
    package static let readingKeys: Set<String> = ["data.delimiter", "data.decimal", "data.header", "data.missing", "data.order"]
}
