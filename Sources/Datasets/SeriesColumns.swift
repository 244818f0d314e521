import StrictJSON

/// Columns of a header that a series uses as inputs and targets.
struct SeriesColumns {
    /// Indices in the header of the input columns.
    var inputs: [Int]
    /// Indices in the header of the predicted columns.
    var targets: [Int]
    /// Indices in the header of indicators, which are inputs.
    private var indicators = 0..<0

    init(inputs: [Int], targets: [Int]) {
        self.inputs = inputs
        self.targets = targets
    }

    /// - Throws: ``DatasetError/unknownColumn(path:key:name:available:)``, or ``DatasetError/optionOutOfRange(key:found:wanted:)`` for a name
    ///   that is given twice; ``DatasetError/malformedCSV(path:line:column:fault:)`` for a name that two columns have.
    init(_ options: SeriesOptions, header: TableHeader) throws(DatasetError) {
        let named = try Self.places(of: options.columns, key: "data.columns", path: options.file, header: header)
        let id = try Self.idColumn(options.id, path: options.file, header: header)
        let numbers = if let named { named } else { try header.usual().filter { $0 != id } }
        targets = try Self.places(of: options.targets, key: "data.targets", path: options.file, header: header) ?? numbers
        indicators = header.indicatorPlaces
        inputs = numbers + indicators
        for (key, places) in [("data.columns", numbers), ("data.targets", targets)] {
            guard let place = places.first(where: { header.categoryPlaces.contains($0) || indicators.contains($0) }) else { continue }
            throw .optionOutOfRange(
                key: key, found: "a list with '\(JSONValue.printable(header.names[place], scalarCount: 40))', which data.categories has",
                wanted: "a list of columns of numbers; the model reads categories beside them")
        }
        guard !targets.isEmpty else { throw Categories.noNumbers }
        guard let id, inputs.contains(id) || targets.contains(id) else { return }
        throw .optionOutOfRange(key: "data.id", found: "a column that data.columns or data.targets names too", wanted: "a column of its own")
    }

    /// All columns to read, inputs first. Cost: linear, as everything here, since a header may have as many columns as the reader accepts.
    var all: [Int] {
        let read = Set(inputs)
        return inputs + targets.filter { !read.contains($0) }
    }

    /// Indices of the indicators in `all`.
    var indicatorPlaces: Set<Int> {
        let all = self.all
        return Set(all.indices.filter { indicators.contains(all[$0]) })
    }

    /// Indices of the targets in `all`.
    var targetPlaces: [Int] {
        let places = Dictionary(all.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        return targets.compactMap { places[$0] }
    }

    /// Indices of the named columns, in the order of the names; nil for no name.
    /// - Parameter key: the names' key in the configuration, for messages.
    static func places(of names: [String], key: String, path: String, header: TableHeader) throws(DatasetError) -> [Int]? {
        guard !names.isEmpty else { return nil }
        let (first, second) = header.places()
        var seen: Set<Int> = []
        var places: [Int] = []
        for name in names {
            guard let place = first[name] else {
                throw .unknownColumn(path: path, key: key, name: name, available: header.names.filter { !$0.isEmpty })
            }
            if let twin = second[name] { throw header.error(.duplicateColumn(name: name), at: twin) }
            guard seen.insert(place).inserted else {
                throw .optionOutOfRange(key: key, found: "a list with '\(name)' twice", wanted: "a list of different columns")
            }
            places.append(place)
        }
        return places
    }
}
