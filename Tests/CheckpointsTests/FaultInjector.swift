import Checkpoints
import Foundation
import Synchronization

/// Counts the changes that reach the file system, and stops them at one of them: from there on for good, as a killed process does, or once, as a full disk may.
final class FaultInjector: Sendable {
    enum Fault { case death, once }

    private struct State {
        var done: [FileOperation] = []
        var attempted = 0
    }
    private let state = Mutex(State())
    private let place: Int?
    private let fault: Fault

    static let error = CheckpointError.system(operation: "go on at", path: "the injected fault", code: ENOSPC)

    /// - Parameter place: the change that fails, from 0; none if nil.
    init(at place: Int? = nil, _ fault: Fault = .death) {
        self.place = place
        self.fault = fault
    }

    /// What was done, in its order.
    var done: [FileOperation] { state.withLock(\.done) }

    var fileSystem: FileSystem {
        FileSystem { (operation) throws(CheckpointError) in
            let fails = self.state.withLock { state in
                defer { state.attempted += 1 }
                let fails = self.place.map { state.attempted == $0 || (self.fault == .death && state.attempted > $0) } ?? false
                if !fails { state.done.append(operation) }
                return fails
            }
            if fails { throw Self.error }
        }
    }
}

/// Turns what a killed process left into what a power cut may leave: what wasn't put on disk is lost in part.
/// A file that wasn't synchronized after its last write is cut anywhere; a name whose directory wasn't synchronized is gone or not; the last renames
/// whose directory wasn't synchronized are undone, from a random one on. (Those of directories; a file's rename, undone, would bring back what it
/// replaced, which is the image of a cut just before it.)
struct PowerCut {
    private var loose: [String] = []
    private var unnamed: [String] = []
    private var renames: [(from: String, to: String)] = []

    init(after operations: [FileOperation]) {
        for operation in operations {
            switch operation.kind {
            case .create:
                loose.append(operation.path)
                unnamed.append(operation.path)
            case .write: loose.append(operation.path)
            case .makeDirectory: break
            case .synchronize:
                loose.removeAll { $0 == operation.path }
                unnamed.removeAll { Self.parent($0) == operation.path }
                renames.removeAll { Self.parent($0.to) == operation.path }
            case .rename:
                guard let destination = operation.destination else { continue }
                renames.append((operation.path, destination))
                loose = loose.map { Self.moved($0, operation.path, destination) }
                // The name's fate is the rename's from here on.
                unnamed.removeAll { $0 == operation.path }
                unnamed = unnamed.map { Self.moved($0, operation.path, destination) }
            case .removeFile, .removeDirectory, .truncate:
                loose.removeAll { $0 == operation.path }
                unnamed.removeAll { $0 == operation.path }
            }
        }
    }

    func strike(_ numbers: inout SeededNumbers) throws {
        for path in Set(loose).sorted() where FileManager.default.fileExists(atPath: path) {
            let whole = try bytes(of: path)
            try write(Array(whole.prefix(Int(numbers.next() % UInt64(whole.count + 1)))), to: path)
        }
        for path in Set(unnamed).sorted() where numbers.next() % 2 == 0 && FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
        let kept = Int(numbers.next() % UInt64(renames.count + 1))
        for rename in renames[kept...].reversed() where isDirectory(rename.to) { try FileManager.default.moveItem(atPath: rename.to, toPath: rename.from) }
    }

    private func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    private static func parent(_ path: String) -> String { (path as NSString).deletingLastPathComponent }

    private static func moved(_ path: String, _ from: String, _ to: String) -> String {
        path == from || path.hasPrefix(from + "/") ? to + path.dropFirst(from.count) : path
    }
}
