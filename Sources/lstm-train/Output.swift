import Foundation
import Synchronization

// All output to the user. A full disk or a closed pipe must not end a run.

/// Writes a line to standard error.
func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text.withoutControls + "\n").utf8))
}

/// Writes a line to standard output.
func printLine(_ text: String) { StandardOutput.write(Data((text.withoutControls + "\n").utf8)) }

enum StandardOutput {
    // Global, since standard output is one per process.
    private static let failure = Atomic(false)

    /// Whether any output was lost; then a command that exists for its output has failed.
    static var hasFailed: Bool { failure.load(ordering: .relaxed) }

    static func write(_ bytes: Data) {
        do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch { failure.store(true, ordering: .relaxed) }
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
