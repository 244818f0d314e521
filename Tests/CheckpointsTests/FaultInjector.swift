import Checkpoints
import Files
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

    /// The injected fault, as the file system throws it.
    static let refusal = FileError.system(operation: "go on at", path: "the injected fault", code: ENOSPC)
    /// As a run throws it.
    static let error = CheckpointError.file(refusal)

    /// - Parameter place: the change that fails, from 0; none if nil.
    init(at place: Int? = nil, _ fault: Fault = .death) {
        self.place = place
        self.fault = fault
    }

    /// What was done, in its order.
    var done: [FileOperation] { state.withLock(\.done) }

    var fileSystem: FileSystem {
        FileSystem { (operation) throws(FileError) in try self.pass(operation) }
    }

    func pass(_ operation: FileOperation) throws(FileError) {
        let fails = state.withLock { state in
            defer { state.attempted += 1 }
            let fails = place.map { state.attempted == $0 || (fault == .death && state.attempted > $0) } ?? false
            if !fails { state.done.append(operation) }
            return fails
        }
        if fails { throw Self.refusal }
    }
}
