/// Checks that each option is in its range, and rejects the first that isn't. The default maximum of a length, size or count is larger than is
/// useful, and small enough that the product of two doesn't overflow.
/// - Throws: ``DatasetError/optionOutOfRange(key:found:wanted:)``.
func check(_ options: [(key: String, value: Int, least: Int)], greatest: Int = 1 << 30) throws(DatasetError) {
    for (key, value, least) in options where value < least || value > greatest {
        throw .optionOutOfRange(key: key, found: "\(value)", wanted: "at least \(least) and at most \(greatest)")
    }
}
