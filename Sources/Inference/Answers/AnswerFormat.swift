/// How answers are written.
public enum AnswerFormat: String, Sendable, CaseIterable {
    /// RFC 4180 with a header; lines end in LF.
    case csv
    /// A JSON object in each line.
    case jsonLines = "jsonl"
    /// NumPy arrays, one for each field.
    case npz

    /// The format of a file by the ending of its name.
    /// - Throws: ``PredictionError/unknownEnding(path:)``.
    public init(path: String) throws(PredictionError) {
        guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix("." + $0.rawValue) }) else { throw .unknownEnding(path: path) }
        self = format
    }

    /// The file of all answers, of which there is at least one.
    /// - Throws: ``PredictionError/arraysTooLarge(byteCount:)``.
    public func bytes(_ answers: [any Answer]) throws(PredictionError) -> [UInt8] {
        switch self {
        case .csv: Array(AnswerTable(answers).text.utf8)
        case .jsonLines: Array(answers.reduce(into: "") { $0 += $1.json + "\n" }.utf8)
        case .npz: try AnswerArrays(answers).bytes()
        }
    }

    /// Whether a file that begins with `bytes` holds answers.
    public static func holdsAnswers(_ bytes: [UInt8]) -> Bool {
        if AnswerArrays.begin(bytes) { return true }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        let table = line.hasPrefix("file,") ? line.dropFirst(5) : line[...]
        let columns = ["class,probability", "classes,probabilities", "sets,probability", "predicted "].flatMap { ["row," + $0, "row,sequence," + $0] }
        if (columns + ["ahead,row,", "line,prompt,continuation"]).contains(where: table.hasPrefix) { return true }
        let isNamed = line.hasPrefix("{\"file\":\"")
        let ofRows = [",\"probabilities\":{", ",\"probabilities\":[", ",\"sets\":[", ",\"prediction\":{", ",\"predicted "]
        let objects = ofRows.map { ("{\"row\":", $0) } + [("{\"ahead\":", ",\"forecast\":{"), ("{\"line\":", ",\"continuation\":\"")]
        return objects.contains { begin, member in (isNamed || line.hasPrefix(begin)) && line.contains(member) }
    }
}
