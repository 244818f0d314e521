import Foundation

/// Resource limits of a batch system or a container: the lowest limits of this process's control group and those above it.
package enum ControlGroup {
    /// In bytes; nil for no limit.
    package static func memoryLimit() -> Double? {
        let limits = lines(of: "memory.max") + lines(of: "memory.limit_in_bytes", controller: "memory")
        return limits.compactMap { Double($0) }.min()
    }

    /// In cores; nil for no limit.
    package static func coreLimit() -> Double? { lines(of: "cpu.max").compactMap(coreCount).min() }

    /// "200000 100000" is two cores, "max 100000" no limit.
    package static func coreCount(_ text: String) -> Double? {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0 else { return nil }
        return quota / period
    }

    /// First lines of the file `name` in this process's group and each group above it.
    /// - Parameter controller: for version 1, in which each controller has its own tree of groups.
    private static func lines(of name: String, controller: String = "") -> [String] {
        let root = "/sys/fs/cgroup" + (controller.isEmpty ? "" : "/" + controller)
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
        var path = root + (self.path(in: groups, controller: controller) ?? "")
        var lines: [String] = []
        while path.hasPrefix(root) {
            if let line = firstLine(of: "\(path)/\(name)") { lines.append(line) }
            path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        }
        return lines
    }

    /// Path of a process's group below its tree's root: in "4:cpu,cpuacct:/job" that of "cpu" is "/job", and in "0::/job" that of "" is.
    package static func path(in groups: String, controller: String) -> String? {
        for line in groups.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields[1].split(separator: ",", omittingEmptySubsequences: false).contains(Substring(controller)) else { continue }
            return fields[2] == "/" ? "" : String(fields[2])
        }
        return nil
    }

    private static func firstLine(of path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first.map(String.init)
    }
}
