/// Rows of the products that compute an embedding's gradient.
///
/// The two sum in different orders, so the choice must follow from the whole problem, the same on every rank: ``chosen(for:rowCount:shardCount:)``.
public enum EmbeddingGradient: Sendable, Equatable {
    /// The batch's rows, time steps × sequences.
    case byRow
    /// Tokens: their rows' derivatives are added up first, in each shard, which costs no product.
    case byToken
}
