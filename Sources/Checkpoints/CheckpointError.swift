public import Files
import StrictJSON

/// Why a checkpoint, a run directory or a safetensors file can't be written, read or used.
/// `description` is a full sentence; ``category`` gives the process's exit code.
public enum CheckpointError: Error, Equatable, Sendable {
    /// Another process holds the run directory.
    case locked(path: String, holder: String)
    /// The run directory was removed while this process wrote in it.
    case runRemoved(path: String)
    /// The lock file of the run directory isn't this process's any more.
    case lockLost(path: String)
    /// A file of the name of a run's own, in a directory that is no run's.
    case foreignFile(path: String)
    /// A file of the run can't be read or written, or isn't what it should be.
    case file(FileError)
    case manifest(path: String, reason: String)
    case fileSize(path: String, found: Int, wanted: Int)
    case fileHash(path: String, found: String, wanted: String)
    case weightsHash(checkpoint: String, found: String, wanted: String)
    case text(path: String, reason: String)
    /// There are checkpoints in the run, and not one of them verifies.
    case noneVerified(run: String, skippedCheckpoints: [SkippedCheckpoint])

    case formatVersion(path: String, found: Int, wanted: Int)
    case tensorMissing(checkpoint: String, file: String, tensor: String)
    case tensorUnexpected(checkpoint: String, file: String, tensor: String)
    case shapeDiffers(checkpoint: String, tensor: String, found: [Int], wanted: [Int])

    /// The kind of failure; the raw value is the exit code of sysexits.
    public enum Category: Int32, Sendable {
        case damaged = 65
        case hashing = 70
        case locked = 73
        case inputOutput = 74
        case mismatch = 78
    }

    /// Whether it says nothing of the file: this process, or the system, has no more descriptors or memory.
    var isOfThisProcess: Bool {
        if case .file(let error) = self { error.isOfThisProcess } else { false }
    }

    public var category: Category {
        switch self {
        case .locked, .runRemoved, .lockLost, .foreignFile: .locked
        case .file(.system), .file(.zeroByteInName), .file(.notAPlainFile), .file(.link): .inputOutput
        case .file(.hashing): .hashing
        case .file(.endsEarly), .file(.safetensors), .file(.gzip), .file(.zip), .file(.numpy), .file(.sections): .damaged
        case .manifest, .fileSize, .fileHash, .weightsHash, .text, .noneVerified: .damaged
        case .formatVersion, .tensorMissing, .tensorUnexpected, .shapeDiffers: .mismatch
        }
    }
}

/// A checkpoint that recovery didn't take, and why.
public struct SkippedCheckpoint: Equatable, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: CheckpointError

    public var description: String { "skipped \(path): \(reason)" }
}

extension CheckpointError: CustomStringConvertible {
    /// Name of the operation that creates a run's directory.
    static let directoryOperation = "make directory"

    public var description: String {
        switch self {
        case .locked(let path, let holder):
            "run directory \(path) is in use by \(holder). Wait for it to end, or choose another --run-directory."
        case .runRemoved(let path):
            "run directory \(path) was removed while this run wrote in it; nothing can be saved any more. Start the run again, in a directory that stays."
        case .lockLost(let path):
            "the lock file of run directory \(path) was removed or replaced; another job may write there now, so this one saves nothing more. "
                + "Let one job use a run directory, and leave its lock file alone: a dead job's lock is free."
        case .foreignFile(let path):
            "\(path) is there, and its directory holds no run, which would replace it. Choose another --run-directory, or move the file away."
        case .file(.system(Self.directoryOperation, let path, let code)):
            FileError.system(operation: Self.directoryOperation, path: path, code: code).description + " Choose another --run-directory."
        case .file(.notAPlainFile(let path)):
            "\(path) is not a plain file; a file of a run or a checkpoint must be one."
        case .file(.link(let path)):
            "\(path) is a link; a run writes in its own directory only. Remove it, or name the directory that it leads to as --run-directory."
        case .file(let error):
            error.description
        case .manifest(let path, let reason):
            "\(path): \(reason)"
        case .fileSize(let path, let found, let wanted):
            "\(path) has \(found) bytes; its manifest says \(wanted)."
        case .fileHash(let path, let found, let wanted):
            "\(path) is damaged: its SHA-256 is \(found); its manifest says \(wanted)."
        case .weightsHash(let checkpoint, let found, let wanted):
            "checkpoint \(checkpoint): the weights' SHA-256 is \(found); the manifest says \(wanted). Was the model's layout another one?"
        case .text(let path, let reason):
            "\(path): \(reason)"
        case .noneVerified(let run, let skippedCheckpoints):
            (["run directory \(run): none of its \(skippedCheckpoints.count) checkpoints is whole. Restore one from a copy, or start in another --run-directory."]
                + skippedCheckpoints.map { "  \($0)" }).joined(separator: "\n")
        case .formatVersion(let path, let found, let wanted):
            "\(path) has format version \(found); this program reads \(wanted). Use the program that wrote it."
        case .tensorMissing(let checkpoint, let file, let tensor):
            "checkpoint \(checkpoint): '\(tensor)' is in the model and not in \(file). Was it trained with this config?"
        case .tensorUnexpected(let checkpoint, let file, let tensor):
            "checkpoint \(checkpoint): '\(tensor.printable)' is in \(file) and not in the model. Was it trained with this config?"
        case .shapeDiffers(let checkpoint, let tensor, let found, let wanted):
            "checkpoint \(checkpoint): '\(tensor)' is \(found) in the file, \(wanted) in the model. Was it trained with this config?"
        }
    }
}

/// The result of `call`, whose error becomes this room's.
package func mappingErrors<Result: ~Copyable>(_ call: @autoclosure () throws(FileError) -> Result) throws(CheckpointError) -> Result {
    do { return try call() } catch { throw .file(error) }
}

/// The result of `body`, whose error becomes this room's.
package func mappingErrors<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(CheckpointError) -> Result {
    do { return try body() } catch { throw .file(error) }
}
