import Foundation
import Synchronization

// What reaches the user passes through here. A full disk or a closed pipe behind it is no reason for a run to end.

/// Writes a line to standard error.
func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text.withoutControls + "\n").utf8))
}

/// Writes a line to standard output.
func printLine(_ text: String) { StandardOutput.write(Data((text.withoutControls + "\n").utf8)) }

enum StandardOutput {
    // One a process, as standard output is.
    private static let failure = Atomic(false)

    /// Whether something that was written didn't get there: what a verb was started for is then lost.
    static var hasFailed: Bool { failure.load(ordering: .relaxed) }

    static func write(_ bytes: Data) {
        do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch { failure.store(true, ordering: .relaxed) }
    }
}

extension String {
    /// With control characters, newlines apart, as they are written in Swift: a name in a file must not move a terminal's cursor.
    var withoutControls: String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.generalCategory == .control && scalar != "\n" }
        guard unicodeScalars.contains(where: isControl) else { return self }
        return unicodeScalars.reduce(into: "") { $0 += isControl($1) ? $1.escaped(asASCII: true) : String($1) }
    }
}
