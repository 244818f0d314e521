import Checkpoints
import Communication
import Configuration
import Datasets
import Files
import Foundation
import Glibc
import Runs

/// Training data from standard input, `data.files` "-": rank 0 writes them to a file in the run directory, from which all ranks read them, and a resumed run, too.
struct StandardInputFile {
    /// In a run directory.
    static let name = "standard-input"
    private static let pieceByteCount = 1 << 20

    let path: String
    private let isTemporary: Bool

    /// Whether the configuration asks for standard input.
    static func isMeant(by data: Configuration.DataSettings) -> Bool { data.files == ["-"] }

    /// Refuses standard input beside files, and for validation or the test alone.
    static func check(_ data: Configuration.DataSettings) throws(StandardInputError) {
        guard data.allFiles.contains("-"), !isMeant(by: data) || data.validationFiles.contains("-") || data.testFiles.contains("-") else { return }
        throw .besideFiles
    }

    /// The file with the run's standard input. Collective.
    /// - Parameters:
    ///   - directory: the run's.
    ///   - isRehearsal: whether nothing may be written to the run directory: then to a temporary file.
    /// - Throws: ``GroupFailure`` on all ranks if it is empty, can't be written, isn't what the run was begun with, or can't be seen by all ranks.
    init(runDirectory directory: String, isRehearsal: Bool, over group: any Communicator) throws {
        let kept = URL(filePath: directory, directoryHint: .isDirectory).appending(path: Self.name).path
        let temporary = isRehearsal ? FileManager.default.temporaryDirectory.appending(path: "lstm-train-\(Self.name)-\(getpid())").path : nil
        let place = try group.broadcast(group.rank == 0 ? temporary ?? kept : "", from: 0)
        (path, isTemporary) = (place, isRehearsal)
        let sha256 = try group.agree { try group.rank == 0 ? Self.written(to: place, kept: kept, in: directory) : "" }
        let wanted = try group.broadcast(sha256, from: 0)
        try group.agree {
            guard group.rank > 0, (try? SHA256.hex(ofFile: place)) != wanted else { return }
            throw StandardInputError.notShared(path: place)
        }
    }

    /// Removes a temporary file.
    func remove() { if isTemporary { try? FileManager.default.removeItem(atPath: path) } }

    /// Writes standard input to `place`; if it is empty, or a terminal, what the run has kept stays.
    /// - Returns: the file's SHA-256.
    private static func written(to place: String, kept: String, in directory: String) throws -> String {
        let isKept = FileManager.default.fileExists(atPath: kept) && RunDirectory(directory).isRun
        guard isatty(STDIN_FILENO) == 0 else {
            guard isKept else { throw StandardInputError.terminal }
            return try stored(kept, at: place)
        }
        try FileManager.default.createDirectory(at: URL(filePath: place).deletingLastPathComponent(), withIntermediateDirectories: true)
        // Names that begin with a point are cleared away in a run directory.
        let fresh = URL(filePath: place).deletingLastPathComponent().appending(path: ".\(name)-\(getpid())").path
        defer { try? FileManager.default.removeItem(atPath: fresh) }
        let isEmpty = try copy(to: fresh) == 0
        guard !isEmpty else {
            guard isKept else { throw DatasetError.emptyFile(path: standardInputName) }
            return try stored(kept, at: place)
        }
        let sha256 = try SHA256.hex(ofFile: fresh)
        if isKept, try SHA256.hex(ofFile: kept) != sha256 { throw StandardInputError.differs(path: kept) }
        guard rename(fresh, place) == 0 else { throw StandardInputError.notWritten(path: place, reason: String(cString: strerror(errno))) }
        return sha256
    }

    private static func stored(_ kept: String, at place: String) throws -> String {
        if place != kept { try FileManager.default.copyItem(atPath: kept, toPath: place) }
        return try SHA256.hex(ofFile: place)
    }

    /// - Returns: number of bytes.
    private static func copy(to path: String) throws -> Int {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path) else {
            throw StandardInputError.notWritten(path: path, reason: String(cString: strerror(errno)))
        }
        defer { try? file.close() }
        var count = 0
        while let piece = try FileHandle.standardInput.read(upToCount: pieceByteCount), !piece.isEmpty {
            do { try file.write(contentsOf: piece) } catch {
                throw StandardInputError.notWritten(path: path, reason: String(cString: strerror(errno)))
            }
            count += piece.count
        }
        return count
    }
}

/// Why standard input can't be the data of a run.
enum StandardInputError: ExitCoded, Equatable, CustomStringConvertible {
    case besideFiles
    case terminal
    case notPrepared
    case differs(path: String)
    case notWritten(path: String, reason: String)
    case notShared(path: String)

    var exitCode: Int32 {
        switch self {
        case .besideFiles, .notPrepared, .differs: 78
        case .terminal: 66
        case .notWritten, .notShared: 74
        }
    }

    var description: String {
        switch self {
        case .besideFiles:
            "data.files has - for standard input, which is read alone, and for data.files only. Leave the other files out, or name a file in its place."
        case .terminal: "data.files is - for standard input, which is a terminal here. Pipe the data to it: zcat text.gz | lstm-train config.json"
        case .notPrepared: "standard input has no binary form: prepare reads its files more than once. Write it to a file, and name that in data.files."
        case .differs(let path):
            "standard input isn't what the run was begun with, which is in \(path). To resume the run, leave it empty: lstm-train … < /dev/null. "
                + "To train on the new data, choose another --run-directory."
        case .notWritten(let path, let reason): "standard input can't be kept in \(path): \(reason)."
        case .notShared(let path):
            "\(path), where rank 0 keeps standard input, is not there or not the same. Choose a --run-directory that all hosts share, or name a file."
        }
    }
}
