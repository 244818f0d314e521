import Batches
import Communication
import Configuration
package import Kernels
import Layers
package import Models

#if canImport(Glibc)
    import Glibc
#endif

/// The memory that ranks on a host will need at the least, and what there is for them. An estimate from below, so that what is refused would have failed.
public struct MemoryNeed: Sendable, Equatable {
    /// Bytes of a rank: parameters with gradient and the optimizer's buffers, and the activations of its share of a batch.
    public let rankByteCount: Double
    /// Bytes of the data, which each rank holds, and has read already.
    public let dataByteCount: Double
    /// Ranks that share the host.
    public let localRankCount: Int
    /// Bytes of the host, or of what its control group allows.
    public let hostByteCount: Double
    /// Bytes that this process's own limits still let it take.
    public let processByteCount: Double
    /// How the same training takes less: ``advice(for:)``.
    public let advice: String

    /// - Throws: ``TrainingError/noMemory(wanted:ranks:found:advice:)`` or ``TrainingError/memoryLimit(wanted:found:advice:)`` where it doesn't fit.
    package func check() throws {
        guard (rankByteCount + dataByteCount) * Double(localRankCount) < hostByteCount else {
            throw TrainingError.noMemory(wanted: rankByteCount + dataByteCount, ranks: localRankCount, found: hostByteCount, advice: advice)
        }
        guard rankByteCount < processByteCount else { throw TrainingError.memoryLimit(wanted: rankByteCount, found: processByteCount, advice: advice) }
    }

    /// What lowers the memory and changes no weight: "set training.segmentLength", or for a model that needs whole sequences "raise training.accumulate".
    package static func advice(for shape: ModelDescription) -> String { shape.takesSegments ? "set training.segmentLength" : "raise training.accumulate" }
}

extension MemoryNeed {
    /// - Parameters:
    ///   - timeCount: time steps whose activations are kept at once.
    ///   - sequenceCount: of a rank's share.
    ///   - carriesState: whether sequences go on from batch to batch.
    ///   - optimizerStateCount: buffers of the optimizer, each as large as the parameters.
    ///   - dataByteCount: of the data.
    package init(
        shape: ModelDescription, timeCount: Int, sequenceCount: Int, carriesState: Bool, optimizerStateCount: Int, dataByteCount: Int, precision: Precision
    ) {
        let plan = ModelPlan(shape)
        let context = carriesState ? plan.contextFloats(precision) : 0
        // A CRF keeps the gradient of its transitions for each sequence.
        let transitions = shape.loss == .crf ? Double(shape.outputs) * Double(shape.outputs + 2) : 0
        let activations = (plan.keptFloats(precision) * Double(timeCount) + context + transitions) * Double(sequenceCount)
        advice = Self.advice(for: shape)
        rankByteCount = 4 * (Double(2 + optimizerStateCount) * Double(plan.parameters.count) + Double(plan.copiedParameterCount) + activations)
        self.dataByteCount = Double(dataByteCount)
        localRankCount = LaunchEnvironment.current().localRankCount
        hostByteCount = Self.hostByteCount
        processByteCount = ProcessMemory.remainingByteCount.map(Double.init) ?? .infinity
    }

    private static var hostByteCount: Double { min(Double(ProcessMemory.machineByteCount), ControlGroup.memoryLimit() ?? .infinity) }

    /// Refuses plain files that are too large for the ranks of a host to read, each all of them, before one does. Whatever isn't a plain file is
    /// bounded as it is read.
    /// - Throws: ``TrainingError/noMemoryForData(files:byteCount:ranks:found:)``.
    package static func check(files: [String]) throws {
        let byteCount = files.reduce(0.0) { sum, path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? sum + Double(status.st_size) : sum
        }
        let ranks = LaunchEnvironment.current().localRankCount
        // What is made of them takes as much again.
        guard 2 * byteCount * Double(ranks) > hostByteCount else { return }
        throw TrainingError.noMemoryForData(files: files.joined(separator: ", "), byteCount: byteCount, ranks: ranks, found: hostByteCount)
    }
}

extension Configuration {
    /// Of `timeCount` time steps those whose activations are kept at once.
    package func keptTimeCount(_ timeCount: Int) -> Int { training.segmentLength > 0 ? min(training.segmentLength, timeCount) : timeCount }
}
