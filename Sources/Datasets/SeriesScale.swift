/// The rows by whose mean and deviation a series is standardised.
public enum SeriesScale: String, Sendable, CaseIterable {
    /// The training rows of all series together.
    case global
    /// Its own training rows.
    case series
}
