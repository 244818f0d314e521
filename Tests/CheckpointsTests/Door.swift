import Foundation

/// A door that threads wait at until another opens it.
final class Door: @unchecked Sendable {
    // Touched under `condition` only.
    private var opened = false
    private let condition = NSCondition()

    var isOpen: Bool {
        condition.lock()
        defer { condition.unlock() }
        return opened
    }

    func open() {
        condition.lock()
        defer { condition.unlock() }
        opened = true
        condition.broadcast()
    }

    func pass() {
        condition.lock()
        defer { condition.unlock() }
        while !opened { condition.wait() }
    }
}
