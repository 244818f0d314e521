import Files
import NumberText

/// Answers as NumPy arrays in an npz file: one for each field, with an element or a row for each answer, and one for the names of several numbers.
struct AnswerArrays {
    private let arrays: [(name: String, array: NumpyArray)]

    /// - Parameter answers: at least one.
    init(_ answers: [any Answer]) {
        let columns = (answers.first?.fields.indices ?? 0..<0).map { place in answers.map { $0.fields[place] } }
        arrays = columns.flatMap(Self.arrays)
    }

    /// The file.
    /// - Throws: ``PredictionError/arraysTooLarge(byteCount:)``.
    func bytes() throws(PredictionError) -> [UInt8] {
        let byteCount = arrays.reduce(0) { $0 + $1.array.bytes.count + 1000 }
        guard byteCount < UInt32.max else { throw .arraysTooLarge(byteCount: byteCount) }
        var archive = ZipArchive()
        for (name, array) in arrays { archive.add(name + ".npy", array.bytes) }
        return archive.finished()
    }

    /// Whether `bytes` begin as such a file does. NumPy itself writes other flags into a zip file.
    static func begin(_ bytes: [UInt8]) -> Bool {
        ["file.npy", "row.npy", "ahead.npy", "line.npy"].contains { name in
            var archive = ZipArchive()
            archive.add(name, [])
            // Mark, version, flags, method and date; checksum and sizes follow, then the name.
            return bytes.starts(with: archive.finished().prefix(14)) && bytes.dropFirst(30).starts(with: name.utf8)
        }
    }

    /// The arrays of one field of all answers; none if it isn't known of any.
    private static func arrays(_ fields: [AnswerField]) -> [(name: String, array: NumpyArray)] {
        guard let first = fields.first else { return [] }
        let count = fields.count
        switch first.value {
        case .integer: return [(first.name, NumpyArray(fields.map(\.integer), shape: [count]))]
        case .number: return [(first.name, NumpyArray(fields.flatMap(\.floats), shape: [count]))]
        case .text:
            let texts = fields.map(\.text)
            return texts.contains { $0 != nil } ? [(first.name, NumpyArray(texts.map { $0 ?? "" }))] : []
        case .numbers(_, let names):
            return [(first.name, NumpyArray(fields.flatMap(\.floats), shape: [count, names.list.count])), (names.name, NumpyArray(names.list))]
        case .texts:
            let rows = fields.map(\.texts)
            let width = rows.map(\.count).max() ?? 0
            return [(first.name, NumpyArray(rows.flatMap { $0 + Array(repeating: "", count: width - $0.count) }, shape: [count, width]))]
        case .floats:
            let rows = fields.map(\.floats)
            let width = rows.map(\.count).max() ?? 0
            return [(first.name, NumpyArray(rows.flatMap { $0 + Array(repeating: 0, count: width - $0.count) }, shape: [count, width]))]
        case .integers:
            let rows = fields.map(\.integers)
            let width = rows.map(\.count).max() ?? 0
            return [(first.name, NumpyArray(rows.flatMap { $0 + Array(repeating: -1, count: width - $0.count) }, shape: [count, width]))]
        case .doubles(_, let names):
            return [(first.name, NumpyArray(fields.flatMap(\.doubles), shape: [count, names.list.count])), (names.name, NumpyArray(names.list))]
        }
    }
}

extension AnswerField {
    fileprivate var integer: Int64 { if case .integer(let value) = value { Int64(value) } else { 0 } }

    fileprivate var text: String? { if case .text(let text) = value { text } else { nil } }

    fileprivate var texts: [String] { if case .texts(let texts) = value { texts } else { [] } }

    fileprivate var floats: [Float] {
        switch value {
        case .number(let value): [value]
        case .numbers(let values, _), .floats(let values): values
        default: []
        }
    }

    fileprivate var integers: [Int64] { if case .integers(let values) = value { values.map(Int64.init) } else { [] } }

    fileprivate var doubles: [Double] { if case .doubles(let values, _) = value { values } else { [] } }
}
