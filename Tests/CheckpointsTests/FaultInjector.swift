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
        FileSystem { (operation) throws(CheckpointError) in try self.pass(operation) }
    }

    func pass(_ operation: FileOperation) throws(CheckpointError) {
        let fails = state.withLock { state in
            defer { state.attempted += 1 }
            let fails = place.map { state.attempted == $0 || (fault == .death && state.attempted > $0) } ?? false
            if !fails { state.done.append(operation) }
            return fails
        }
        if fails { throw Self.error }
    }
}
