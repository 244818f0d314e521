extension Configuration {
    /// Keys that say where a file lies, or how a table's is read. What is read must be the same, and is held against what the checkpoint says.
    static let pathKeys: Set<String> = [
        "data.files", "model.initialWeights", "data.delimiter", "data.decimal", "data.header", "data.missing", "data.order",
    ]
}
