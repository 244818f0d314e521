import NumberText
import StrictJSON

/// The classes of a table's rows.
enum SequenceClasses {
    /// More than is useful, and few enough for a head's memory.
    private static let limit = 65_536

    /// The different labels: by value if all are numbers, otherwise by their scalars.
    static func sorted(_ labels: [String]) -> [String] {
        let different = Set(labels)
        let values = different.compactMap { label -> (value: Double, label: String)? in
            guard case .number(let value) = FieldContent(label, hasDecimalComma: false) else { return nil }
            return (value, label)
        }
        guard values.count == different.count else { return different.sorted { isBefore($0, $1) } }
        return values.sorted { $0.value != $1.value ? $0.value < $1.value : isBefore($0.label, $1.label) }.map(\.label)
    }

    private static func isBefore(_ first: String, _ second: String) -> Bool { first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars) }

    /// The classes of all rows as indices in `classes`, one after the other, and where each row begins.
    /// - Parameter owner: what has a class, for messages: "rows".
    /// - Throws: ``DatasetError/malformedFile(path:line:column:reason:)`` for a class that isn't among them, and for too many classes.
    static func indices(of table: SequenceTable, in classes: [String], owner: String) throws(DatasetError) -> (indices: [Int32], starts: [Int]) {
        guard classes.count <= limit else {
            throw table.error(
                "the \(owner) have \(grouped(classes.count)) classes; at most \(grouped(limit)) are read. Is data.label the right column", at: table.positions[0])
        }
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
        var indices: [Int32] = []
        var starts = [0]
        for (row, target) in table.targets.enumerated() {
            for name in target.names {
                guard let place = places[name] else {
                    throw table.error(
                        "class '\(JSONValue.printable(name, scalarCount: 40))' is none of the run's \(classes.count): \(DatasetError.list(classes)). "
                            + "Fix it, or leave the row out", at: table.positions[row])
                }
                indices.append(place)
            }
            starts.append(indices.count)
        }
        return (indices, starts)
    }
}
