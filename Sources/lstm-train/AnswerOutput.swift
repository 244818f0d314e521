import Foundation
import Inference
import NumberText
import Runs

/// Where answers go as they come: a file, which gets its name when all are written, or as a table to standard output.
final class AnswerOutput {
    private let file: OutputFile?
    private let format: AnswerFormat
    /// Where lines are written; nil for standard output, and before the first.
    private var draft: OutputDraft?
    /// The table's beginning, which decides on its columns.
    private var table: AnswerTable?
    /// Answers to write at the end: where a table's columns need all of them, and of arrays.
    private var kept: [any Answer] = []
    private var count = 0
    /// Whether the columns of a table depend on all answers.
    var needsAllAnswers = false

    /// - Parameter path: nil for standard output.
    /// - Throws: ``OutputError`` if an existing file must not be replaced, ``PredictionError/unknownEnding(path:)``.
    init(_ path: String?) throws {
        format = try path.map { try AnswerFormat(path: $0) } ?? .csv
        file = try path.map { try OutputFile($0, of: "predict", isOwn: AnswerFormat.holdsAnswers) }
    }

    /// Writes further answers.
    func add(_ answers: [any Answer]) throws {
        guard !answers.isEmpty else { return }
        count += answers.count
        switch format {
        case .npz: kept += answers
        case .csv where needsAllAnswers: kept += answers
        case .jsonLines: try write(format.bytes(answers))
        case .csv:
            let table = AnswerTable(answers, after: table)
            try write(Array((self.table == nil ? table.text : table.lines).utf8))
            self.table = self.table ?? table
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        guard let file else { return StandardOutput.write(Data(bytes)) }
        let draft = if let draft { draft } else { try OutputDraft(of: file) }
        self.draft = draft
        try draft.append(bytes)
    }

    /// Writes what was kept. A file is there as a whole, or not at all.
    func finish() throws {
        if !kept.isEmpty { try write(format.bytes(kept)) }
        guard let file else { return }
        try draft?.finish()
        printLine(field("wrote", "\(file.path), \(counted(count, "answer"))"))
    }
}
