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
        hostByteCount = min(Self.physicalByteCount, ControlGroup.memoryLimit() ?? .infinity)
    }

    private static var physicalByteCount: Double { Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE))) }
}

extension Configuration {
    /// Of `timeCount` time steps those whose activations are kept at once.
    func keptTimeCount(_ timeCount: Int) -> Int { training.segmentLength > 0 ? min(training.segmentLength, timeCount) : timeCount }
}
