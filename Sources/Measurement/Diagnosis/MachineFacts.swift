import Foundation
import Runs
public import StrictJSON

/// What the operating system says of the machine that this process is on.
public struct MachineFacts: Sendable, Equatable {
    /// "AMD EPYC 9554", or "unknown".
    public let processor: String
    /// Cores that are online; hardware threads, where a core has several.
    public let coreCount: Int
    /// Processors' worth of time that the process's control group may use; nil for no limit.
    public let coreLimit: Double?
    public let memoryByteCount: Int
    /// What programs could still take, as far as the control group's limit lets them; what the group has taken already isn't counted.
    public let availableByteCount: Int
    /// Of the last-level cache, as one core sees it; 0 where nothing says.
    public let cacheByteCount: Int
    /// Cores that programs kept busy while this one slept.
    public let busyCoreCount: Double

    package init(
        processor: String, coreCount: Int, coreLimit: Double?, memoryByteCount: Int, availableByteCount: Int, cacheByteCount: Int, busyCoreCount: Double
    ) {
        (self.processor, self.coreCount, self.coreLimit, self.busyCoreCount) = (processor, coreCount, coreLimit, busyCoreCount)
        (self.memoryByteCount, self.availableByteCount, self.cacheByteCount) = (memoryByteCount, availableByteCount, cacheByteCount)
    }

    /// This machine's. Cost: a quarter of a second, to see who else is at work; the ranks of a group look at the same time, or they see each other.
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

    /// "32768K" is 32 MiB.
    package static func byteCount(_ text: String) -> Int? {
        let word = text.split(whereSeparator: \.isWhitespace).first ?? ""
        guard let unit = word.last, let shift = ["K": 10, "M": 20, "G": 30][unit], let number = Int(word.dropLast()) else { return Int(word) }
        return number << shift
    }

    /// What stands behind "name:" in a file of such lines.
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

/// What the processor's time went to since the machine started, of all cores together.
package struct ProcessorTicks: Equatable {
    package var busy = 0
    package var idle = 0

    /// - Parameter text: /proc/stat, whose first line counts user, nice, system, idle, waiting for a disk, and more.
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
