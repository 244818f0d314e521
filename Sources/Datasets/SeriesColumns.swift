/// Which columns of a header a series reads and predicts.
struct SeriesColumns {
    /// Places in the header of the columns that the model reads.
    var inputs: [Int]
    /// Places in the header of the columns that it predicts.
    var targets: [Int]

    init(inputs: [Int], targets: [Int]) {
        self.inputs = inputs
        self.targets = targets
    }

    /// - Throws: ``DatasetError/unknownColumn(path:key:name:available:)``, or ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a name
    ///   that is given twice.
    init(_ options: SeriesOptions, header: [String]) throws(DatasetError) {
        inputs = try Self.places(of: options.columns, key: "data.columns", path: options.file, header: header) ?? Array(header.indices)
        targets = try Self.places(of: options.targets, key: "data.targets", path: options.file, header: header) ?? inputs
    }

    /// All that must be read, inputs first. Cost: linear, as everything here: a header may have as many columns as the reader takes.
    var all: [Int] {
        let read = Set(inputs)
        return inputs + targets.filter { !read.contains($0) }
    }

    /// Places of the targets in `all`.
    var targetPlaces: [Int] {
        let places = Dictionary(all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return targets.compactMap { places[$0] }
    }

    private static func places(of names: [String], key: String, path: String, header: [String]) throws(DatasetError) -> [Int]? {
        guard !names.isEmpty else { return nil }
        let placesByName = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<Int> = []
        var places: [Int] = []
        for name in names {
            guard let place = placesByName[name] else {
                throw .unknownColumn(path: path, key: key, name: name, available: header)
            }
            guard seen.insert(place).inserted else {
                throw .optionOutOfRange(key: key, found: "a list with '\(name)' twice", wanted: "a list of different columns")
            }
            places.append(place)
        }
        return places
    }
}
