import Kernels

/// A change of a recording, of which a copy is trained on beside the recording itself.
public enum RecordingChange: Sendable, Hashable {
    /// Played at this percentage of its speed: pitch and length change (Ko et al. 2015).
    case speed(percent: Int)
    /// White noise is added, so many decibels below the recording's mean power.
    case whiteNoise(decibels: Int)
}

extension Recording {
    /// - Parameters:
    ///   - seed: of the noise.
    ///   - index: of the recording. Each has its own noise.
    public func changed(by change: RecordingChange, seed: UInt64, index: Int) throws(AudioError) -> Recording {
        switch change {
        case .speed(let percent): return Recording(samples: try resample(samples, from: percent, to: 100), rate: rate)
        case .whiteNoise(let decibels):
            let random = Philox(seed: seed, purpose: .recordingNoise)
            let power = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
            let deviation = (power * exponential(-Double(decibels) / 10 * naturalLogarithm(10))).squareRoot()
            var noisy = samples
            for place in stride(from: 0, to: samples.count, by: 2) {
                let (first, second) = random.normalPair(index, place / 2, decibels)
                noisy[place] += Float(deviation * first)
                if place + 1 < samples.count { noisy[place + 1] += Float(deviation * second) }
            }
            return Recording(samples: noisy, rate: rate)
        }
    }
}
