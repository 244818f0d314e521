/// Answers as a table: a line of names, then a line for each answer.
public struct AnswerTable {
    private let answers: [any Answer]
    /// Whether each field is known of any answer.
    private let isKnown: [Bool]

    /// - Parameter first: the table's beginning, which decides on its columns; nil if this is all of it.
    public init(_ answers: [any Answer], after first: AnswerTable? = nil) {
        self.answers = answers
        if let first {
            isKnown = first.isKnown
            return
        }
        var isKnown = answers.first.map { $0.fields.map { _ in false } } ?? []
        for answer in answers {
            for (place, field) in answer.fields.enumerated() where field.value != .text(nil) { isKnown[place] = true }
        }
        self.isKnown = isKnown
    }

    /// The table in CSV; empty without an answer.
    public var text: String { answers.reduce(into: header) { $0 += Self.line(known($1).flatMap(\.texts)) } }

    /// The line of names.
    public var header: String {
        guard let first = answers.first else { return "" }
        let fields = known(first)
        let plain = Set(fields.filter { $0.columnNames == [$0.name] }.map(\.name))
        return Self.line(fields.flatMap { field in
            // Two columns of a table must not have the same name.
            field.columnNames.map { $0 != field.name && plain.contains($0) ? "\(field.name) of \($0)" : $0 }
        })
    }

    /// The lines after the header.
    public var lines: String { answers.reduce(into: "") { $0 += Self.line(known($1).flatMap(\.texts)) } }

    private func known(_ answer: any Answer) -> [AnswerField] { zip(answer.fields, isKnown).filter(\.1).map(\.0) }

    /// Fields are quoted if they contain a comma, a quote or a line end, or begin or end with a blank.
    private static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) } || field.first?.isWhitespace == true || field.last?.isWhitespace == true
        return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }
}

extension AnswerField {
    fileprivate var columnNames: [String] {
        switch value {
        case .integer, .number, .text, .texts, .floats, .integers: [name]
        case .numbers(_, let names), .doubles(_, let names): names.list.map { names.prefix + $0 }
        }
    }

    fileprivate var texts: [String] {
        switch value {
        case .integer(let value): ["\(value)"]
        case .number(let value): ["\(value)"]
        case .text(let text): [text ?? ""]
        case .numbers(let values, _): values.map { "\($0)" }
        case .doubles(let values, _): values.map { "\($0)" }
        case .texts(let texts): [texts.joined(separator: " ")]
        case .integers(let values): [values.map(String.init).joined(separator: " ")]
        case .floats(let values): [values.map { "\($0)" }.joined(separator: " ")]
        }
    }
}
