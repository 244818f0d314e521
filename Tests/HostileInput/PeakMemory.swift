import Foundation

/// The most memory that this process has ever had resident, in bytes; 0 where the system doesn't say. Other tests count too: ask in a process of its own.
public func peakMemoryByteCount() -> Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
}
