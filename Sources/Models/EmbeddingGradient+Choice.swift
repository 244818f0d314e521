public import Layers

extension EmbeddingGradient {
    /// The cheaper one for `shape`, with `rowCount` time steps in a full batch over all ranks.
    public static func chosen(for shape: ModelDescription, rowCount: Int, shardCount: Int) -> EmbeddingGradient {
        guard case .embedding(let vocabularyCount, _) = shape.input else { return .byRow }
        return vocabularyCount * shardCount * 2 <= rowCount ? .byToken : .byRow
    }
}
