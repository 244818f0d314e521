import Foundation
import Testing

/// A document for users, with fenced blocks that are commands to run, files to write, or only text.
///
/// A comment on the line before a block, which readers don't see, describes it:
/// ```
/// <!-- not run: needs Slurm -->      the block is not run here, and why
/// <!-- file: play.json -->           the block is this file
/// ```
struct Document: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// The folder to which its links are relative.
    let folder: URL
    let blocks: [Block]
    /// Errors in its comments.
    let faults: [String]

    var testDescription: String { name }

    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// The program's articles.
    static let manual = project.appending(path: "Sources/lstm-train/Manual.docc")
    /// The library's articles.
    static let library = project.appending(path: "Sources/LSTMTraining/LSTMTraining.docc")

    /// README and every article.
    static func all() throws -> [Document] { try [readme()] + articles() }

    static func readme() throws -> Document { try Document(file: project.appending(path: "README.md"), notes: ReadmeNotes.all) }

    static func articles() throws -> [Document] { try articles(of: manual) + articles(of: library) }

    static func articles(of catalogue: URL) throws -> [Document] {
        let names = try FileManager.default.contentsOfDirectory(atPath: catalogue.path).filter { $0.hasSuffix(".md") }.sorted()
        return try names.map { try Document(file: catalogue.appending(path: $0)) }
    }

    private init(file: URL, notes: [String: String] = [:]) throws {
        self.init(name: file.lastPathComponent, text: try String(contentsOf: file, encoding: .utf8), folder: file.deletingLastPathComponent(), notes: notes)
    }

    /// - Parameter notes: comments for blocks without one, by the beginning of the block.
    init(name: String, text: String, folder: URL = project, notes: [String: String] = [:]) {
        self.name = name
        self.text = text
        self.folder = folder
        var parser = BlockParser(notes: notes)
        for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            parser.read(String(line), number: place + 1)
        }
        (blocks, faults) = parser.finish()
    }
}

/// A fenced block.
struct Block: Sendable {
    enum Kind: Sendable {
        /// Shell lines, all of which must exit with 0.
        case shell
        /// Commands after `$ `, each followed by its output.
        case console
        /// A file that the reader writes.
        case file(String)
        /// Only text.
        case text
    }

    let kind: Kind
    /// Number of its first line in the document, from 1.
    let line: Int
    let lines: [String]
    /// The reason for not running it; nil if it is run.
    let reason: String?

    var isForShell: Bool {
        switch kind {
        case .shell, .console: true
        case .file, .text: false
        }
    }

    private static let shellLanguages = ["sh", "bash", "shell"]
    /// A block without a language that begins with one of these is a shell block too.
    private static let commands = ["lstm-train", "mpirun", "curl", "export", "swift", "python3", "pip", "sbatch", "qsub", "tensorboard", "git", "cd"]

    static func kind(language: String, lines: [String], file: String?) -> Kind {
        if let file { return .file(file) }
        if shellLanguages.contains(language) { return .shell }
        let first = lines.first ?? ""
        if language == "console" || language.isEmpty && first.hasPrefix("$ ") { return .console }
        let word = first.prefix { $0 != " " }
        return language.isEmpty && (commands.contains(String(word)) || word.hasPrefix("launch/")) ? .shell : .text
    }
}
