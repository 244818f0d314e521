import NumberText
import StrictJSON

// What a survey of a table says of the columns that aren't used.

extension TableSurvey {
    /// The unused columns and the reasons: "'Date', 'Time' (dates and times), 'station' (text such as "A")"; empty if all are used.
    public var leftOutInWords: String { Self.inWords(columns.filter { (id == nil || $0.name != id) && !$0.isCategory }) }

    static func inWords(_ columns: [Column]) -> String {
        var groups: [(reason: String, names: [String])] = []
        for (place, column) in columns.enumerated() {
            guard let reason = column.content.reason else { continue }
            let name = column.name.isEmpty ? "column \(place + 1)" : "'\(JSONValue.printable(column.name, scalarCount: 40))'"
            if let group = groups.firstIndex(where: { $0.reason == reason }) { groups[group].names.append(name) } else { groups.append((reason, [name])) }
        }
        return groups.map { group in
            let shown = group.names.prefix(10).joined(separator: ", ")
            return shown + (group.names.count > 10 ? " and \(group.names.count - 10) more" : "") + " (\(group.reason))"
        }.joined(separator: ", ")
    }
}

extension TableSurvey.Content {
    /// An example of a text that isn't a number.
    var example: String? {
        switch self {
        case .text(let example), .textWithGaps(let example, _), .mixed(let example): example
        default: nil
        }
    }

    var isMixed: Bool { if case .mixed = self { true } else { false } }

    /// The reason for not using such a column; nil if it is used.
    fileprivate var reason: String? {
        switch self {
        case .numbers: nil
        case .times: "dates or times"
        case .text(let example): "text, such as \"\(example)\""
        case .textWithGaps(let example, let count): "text, such as \"\(example)\", and empty in \(counted(count, "row"))"
        case .codes: "codes of categories, more than are inputs by themselves"
        case .mixed(let example): "not only numbers, but \"\(example)\" too"
        case .nothing: "empty"
        case .mostlyMissing: "missing in more than half of the rows"
        case .constant: "the same in every row"
        case .constantInSeries: "the same in every row of a series"
        case .rowCounter: "counts the rows"
        case .stepCounter: "counts each series' rows"
        case .unnamed: "no name"
        case .repeated: "two columns have this name"
        }
    }
}
