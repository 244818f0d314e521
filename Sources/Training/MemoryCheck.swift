import Kernels
import Network

#if canImport(Glibc)
    import Glibc
#endif

extension Configuration {
    /// Of `timeCount` time steps those whose activations are kept at once.
    func keptTimeCount(_ timeCount: Int) -> Int { training.segmentLength > 0 ? min(training.segmentLength, timeCount) : timeCount }
}

extension NetworkShape {
    /// Refuses what can't fit: parameters with gradient and Adam's moments, and the activations of one rank's share of a batch.
    /// An estimate from below, so that what is refused would have failed.
    /// - Throws: ``TrainingError/noMemory(wanted:found:)``.
    func checkMemory(timeCount: Int, sequenceCount: Int, precision: Precision) throws {
        let parameters = (0..<layers).reduce(Double(outputs) * Double(hidden)) {
            $0 + 4 * Double(hidden) * (Double(inputWidth(ofLayer: $1)) + Double(hidden))
        }
        // Gates, cell and hidden state of each unit and step; with bfloat16 the hidden state, and one layer's derivatives, as products read them.
        let perUnit = precision == .float32 ? 6 : 6.5 + 2 / Double(layers)
        let activations = perUnit * Double(hidden) * Double(layers) * Double(timeCount) * Double(sequenceCount)
        let wanted = 4 * (4 * parameters + activations)
        let found = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
        guard wanted < found else { throw TrainingError.noMemory(wanted: wanted, found: found) }
    }
}
