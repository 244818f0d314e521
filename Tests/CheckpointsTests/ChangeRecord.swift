import Checkpoints
import FileFixtures
import Files
import Foundation
import Synchronization

/// The changes that processes made to a directory, in their order.
final class ChangeRecord: Sendable {
    struct Change: Sendable {
        let operation: FileOperation
        /// Of a write or a truncation: the file's bytes after it.
        var content: [UInt8]?
        /// What the change is in the protocol, whatever the step: "synchronize checkpoints after rename .writing-step".
        let site: String
        let isOfDirectory: Bool
    }

    private let root: String
    private let state = Mutex<[Change]>([])

    init(root: String) { self.root = root }

    var changes: [Change] { state.withLock { $0 } }

    /// A process's way to the disk: what `injector` lets pass is noted.
    func fileSystem(through injector: FaultInjector) -> FileSystem {
        let begin = changes.count
        return FileSystem { [self] (operation) throws(FileError) in
            // What lies above the test's own directory is on disk since long.
            guard operation.path.hasPrefix(root) else { return }
            noteContent()
            try injector.pass(operation)
            note(operation, isFirst: changes.count == begin)
        }
    }

    /// A change is announced before it is made, so what it wrote is read afterwards, when the next one comes or the process has ended.
    func noteContent() {
        state.withLock { changes in
            guard let last = changes.indices.last, [.write, .truncate].contains(changes[last].operation.kind) else { return }
            changes[last].content = try? bytes(of: changes[last].operation.path)
        }
    }

    private func note(_ operation: FileOperation, isFirst: Bool) {
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: operation.path, isDirectory: &isDirectory)
        state.withLock { changes in
            var before = "the lock"
            if !isFirst, let last = changes.last?.operation { before = "\(last.kind) \(role(of: last.destination ?? last.path))" }
            let site = "\(operation.kind) \(role(of: operation.path)) after \(before)"
            changes.append(Change(operation: operation, site: site, isOfDirectory: isDirectory.boolValue))
        }
    }

    /// A name without the numbers in it.
    private func role(of path: String) -> String {
        path == root ? "the root" : lastComponent(of: path).filter { !$0.isNumber }
    }
}
