import Communication
import Kernels
import Network

#if canImport(Glibc)
    import Glibc
#endif

/// The memory that ranks on a host will need at the least, and what there is for them. An estimate from below, so that what is refused would have failed.
public struct MemoryNeed: Sendable, Equatable {
    /// Bytes of a rank: parameters with gradient and Adam's moments, and the activations of its share of a batch.
    public let rankByteCount: Double
    /// Ranks that share the host.
    public let localRankCount: Int
    /// Bytes of the host, or of what its control group allows.
    public let hostByteCount: Double

    /// - Throws: ``TrainingError/noMemory(wanted:ranks:found:)`` where it doesn't fit.
    func check() throws {
        guard rankByteCount * Double(localRankCount) < hostByteCount else {
            throw TrainingError.noMemory(wanted: rankByteCount, ranks: localRankCount, found: hostByteCount)
        }
    }
}

extension MemoryNeed {
    /// - Parameters:
    ///   - timeCount: time steps whose activations are kept at once.
    ///   - sequenceCount: of a rank's share.
    init(shape: NetworkShape, timeCount: Int, sequenceCount: Int, precision: Precision) {
        let parameters = (0..<shape.layers).reduce(Double(shape.outputs) * Double(shape.hidden)) {
            $0 + 4 * Double(shape.hidden) * (Double(shape.inputWidth(ofLayer: $1)) + Double(shape.hidden))
        }
        // Gates, cell and hidden state of each unit and step; with bfloat16 the hidden state, and one layer's derivatives, as products read them.
        let perUnit = precision == .float32 ? 6 : 6.5 + 2 / Double(shape.layers)
        let activations = perUnit * Double(shape.hidden) * Double(shape.layers) * Double(timeCount) * Double(sequenceCount)
        rankByteCount = 4 * (4 * parameters + activations)
        localRankCount = LaunchEnvironment.current().localRankCount
        hostByteCount = min(Self.physicalByteCount, controlGroupByteCount() ?? .infinity)
    }

    private static var physicalByteCount: Double { Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) }
}

extension Configuration {
    /// Of `timeCount` time steps those whose activations are kept at once.
    func keptTimeCount(_ timeCount: Int) -> Int { training.segmentLength > 0 ? min(training.segmentLength, timeCount) : timeCount }
}

/// The lowest limit that this process's control groups (version 2) set: a batch system's, or a container's. nil where none does.
private func controlGroupByteCount() -> Double? {
    guard let line = firstLine(of: "/proc/self/cgroup", beginning: "0::/") else { return nil }
    var path = "/sys/fs/cgroup/" + line.dropFirst(4)
    var limits: [Double] = []
    while path.hasPrefix("/sys/fs/cgroup") {
        if let limit = firstLine(of: path + "/memory.max", beginning: "").flatMap(Double.init) { limits.append(limit) }
        path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
    return limits.min()
}

/// The first line of a small file that begins so; nil if there is none, or no such file.
private func firstLine(of path: String, beginning: String) -> Substring? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(beginning) }
}
