import Foundation

/// What a batch system or a container lets this process have: the lowest limits of its control groups (version 2) and those above them.
package enum ControlGroup {
    /// Bytes; nil for no limit.
    static func memoryLimit() -> Double? { lines(of: "memory.max").compactMap { Double($0) }.min() }

    /// Processors' worth of time; nil for no limit.
    static func coreLimit() -> Double? { lines(of: "cpu.max").compactMap(coreCount).min() }

    /// "200000 100000" is two cores, "max 100000" no limit.
    package static func coreCount(_ text: String) -> Double? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0 else { return nil }
        return quota / period
    }

    /// The first line of the file `name` of this process's group and of each above it.
    private static func lines(of name: String) -> [String] {
        let root = "/sys/fs/cgroup"
        let own = firstLine(of: "/proc/self/cgroup", beginning: "0::/") ?? "0::/"
        var path = own == "0::/" ? root : root + own.dropFirst(3)
        var lines: [String] = []
        while path.hasPrefix(root) {
            if let line = firstLine(of: "\(path)/\(name)", beginning: "") { lines.append(line) }
            path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
        return lines
    }

    private static func firstLine(of path: String, beginning: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first { $0.hasPrefix(beginning) }.map(String.init)
    }
}
