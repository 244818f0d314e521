import Foundation
import Runs
public import StrictJSON

/// The operating system's description of this machine.
public struct MachineFacts: Sendable, Equatable {
    /// "AMD EPYC 9554", or "unknown".
    public let processor: String
    /// Number of online cores; if a core has several hardware threads, of these.
    public let coreCount: Int
    /// CPU limit of the process's control group, in cores; nil for no limit.
    public let coreLimit: Double?
    public let memoryByteCount: Int
    /// Available memory, within the control group's limit; memory that the group already uses isn't included.
    public let availableByteCount: Int
    /// Size of the last-level cache that one core sees; 0 if unknown.
    public let cacheByteCount: Int
    /// Number of cores that programs kept busy while this process slept.
    public let busyCoreCount: Double

    package init(
        processor: String, coreCount: Int, coreLimit: Double?, memoryByteCount: Int, availableByteCount: Int, cacheByteCount: Int, busyCoreCount: Double
    ) {
        (self.processor, self.coreCount, self.coreLimit, self.busyCoreCount) = (processor, coreCount, coreLimit, busyCoreCount)
        (self.memoryByteCount, self.availableByteCount, self.cacheByteCount) = (memoryByteCount, availableByteCount, cacheByteCount)
    }

    /// Describes this machine. Cost: a quarter of a second to measure other programs' load; the ranks of a group must call it at the same time, or
    /// they measure each other.
    public static func current() -> MachineFacts {
        let before = ProcessorTicks(text("/proc/stat"))
        Thread.sleep(forTimeInterval: 0.25)
        let busyShare = ProcessorTicks(text("/proc/stat")).busyShare(since: before)
        let memory = text("/proc/meminfo")
        func kilobytes(_ name: String) -> Int { value(name, in: memory).flatMap { Int($0.split(separator: " ").first ?? "") } ?? 0 }
        let limit = ControlGroup.memoryLimit().map { Int($0) } ?? .max
        let total = kilobytes("MemTotal") << 10
        return MachineFacts(
            processor: value("model name", in: text("/proc/cpuinfo")) ?? "unknown", coreCount: ProcessInfo.processInfo.activeProcessorCount,
            coreLimit: ControlGroup.coreLimit(), memoryByteCount: min(total, limit),
            availableByteCount: min(kilobytes("MemAvailable") << 10, limit), cacheByteCount: lastLevelCacheByteCount(),
            busyCoreCount: busyShare * Double(ProcessInfo.processInfo.activeProcessorCount))
    }

    /// The largest of the first core's caches.
    private static func lastLevelCacheByteCount() -> Int {
        let sizes = (0..<8).compactMap { byteCount(text("/sys/devices/system/cpu/cpu0/cache/index\($0)/size")) }
        return sizes.max() ?? 0
    }

    /// Parses a size: "32768K" is 32 MiB.
    package static func byteCount(_ text: String) -> Int? {
        let word = text.split(whereSeparator: \.isWhitespace).first ?? ""
        guard let unit = word.last, let shift = ["K": 10, "M": 20, "G": 30][unit], let number = Int(word.dropLast()) else { return Int(word) }
        return number << shift
    }

    /// The value after "name:" in a file of such lines.
    private static func value(_ name: String, in text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    public var json: JSONValue {
        .object([
            "processor": .text(processor), "cores": .integer(coreCount), "coreLimit": coreLimit.map(JSONValue.real) ?? JSONValue(.null),
            "memoryBytes": .integer(memoryByteCount), "availableBytes": .integer(availableByteCount), "cacheBytes": .integer(cacheByteCount),
            "busyCores": .real(busyCoreCount),
        ])
    }
}

/// CPU time of all cores since the machine started, by use.
package struct ProcessorTicks: Equatable {
    package var busy = 0
    package var idle = 0

    /// - Parameter text: /proc/stat; its first line has the times for user, nice, system, idle, I/O wait, and more.
    package init(_ text: String) {
        let counts = text.split(separator: "\n").first?.split(separator: " ").dropFirst().compactMap { Int($0) } ?? []
        for (place, count) in counts.prefix(8).enumerated() {
            if place == 3 || place == 4 { idle += count } else { busy += count }
        }
    }

    package func busyShare(since earlier: ProcessorTicks) -> Double {
        let (busyTicks, idleTicks) = (max(0, busy - earlier.busy), max(0, idle - earlier.idle))
        return busyTicks + idleTicks > 0 ? Double(busyTicks) / Double(busyTicks + idleTicks) : 0
    }
}
