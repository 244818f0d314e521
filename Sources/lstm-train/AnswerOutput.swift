import Foundation
import Inference
import NumberText
import Runs

/// Where answers go: a file, or as a table to standard output.
struct AnswerOutput {
    private let file: OutputFile?
    private let format: AnswerFormat

    /// - Parameter path: nil for standard output.
    /// - Throws: ``OutputError`` if an existing file must not be replaced, ``PredictionError/unknownEnding(path:)``.
    init(_ path: String?) throws {
        format = try path.map { try AnswerFormat(path: $0) } ?? .csv
        file = try path.map { try OutputFile($0, of: "predict", isOwn: AnswerFormat.holdsAnswers) }
    }

    var isFile: Bool { file != nil }

    /// Writes all answers: a file as a whole, or not at all.
    func write(_ answers: [any Answer]) throws {
        let bytes = try format.bytes(answers)
        guard let file else { return StandardOutput.write(Data(bytes)) }
        try file.write(bytes)
        printLine(field("wrote", "\(file.path), \(counted(answers.count, "answer"))"))
    }

    /// Prints an answer as a line of a table on standard output, before the first one with the header.
    func print(_ answer: any Answer, isFirst: Bool) {
        let table = AnswerTable([answer])
        StandardOutput.write(Data((isFirst ? table.text : table.lines).utf8))
    }
}
