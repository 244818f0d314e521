import Foundation
import Glibc
import Synchronization

// All output to the user. A full disk or a closed pipe must not end a run.

/// Writes a line to standard error.
func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text.withoutControls + "\n").utf8))
}

/// Writes a line to standard output.
func printLine(_ text: String) { StandardOutput.write(Data((text.withoutControls + "\n").utf8)) }

enum StandardOutput {
    // Global, since standard output is one per process: the system's number of the first error; 0 for none.
    private static let failure = Atomic<Int32>(0)

    /// Whether any output was lost; then a command that exists for its output has failed.
    static var hasFailed: Bool { failure.load(ordering: .relaxed) != 0 }
    /// Whether it was lost because nothing reads it any more, as behind `| head`.
    static var isClosed: Bool { failure.load(ordering: .relaxed) == EPIPE }

    static func write(_ bytes: Data) {
        bytes.withUnsafeBytes { memory in
            var rest = memory[...]
            while !rest.isEmpty {
                let count = Glibc.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    waitUntilWritable()
                } else if errno != EINTR {
                    _ = failure.compareExchange(expected: 0, desired: errno, ordering: .relaxed)
                    return
                }
            }
        }
    }

    /// For an output that another program has made non-blocking.
    private static func waitUntilWritable() {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        _ = poll(&descriptor, 1, -1)
    }
}

extension String {
    /// Control characters, except newlines, escaped as in Swift: a name in a file must not move a terminal's cursor.
    var withoutControls: String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control && scalar != "\n" }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return unicodeScalars.reduce(into: "") { $0 += isControl($1) ? $1.escaped(asASCII: true) : String($1) }
    }
}
