/// Refuses the first of some options that isn't in its range. The greatest length, size or count is beyond any use by default,
/// and small enough for the product of two not to overflow.
/// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)``.
func check(_ options: [(key: String, value: Int, least: Int)], greatest: Int = 1 << 30) throws(DatasetError) {
    for (key, value, least) in options where value < least || value > greatest {
        throw .optionOutOfRange(key: key, found: "\(value)", wanted: "at least \(least) and at most \(greatest)")
    }
}
