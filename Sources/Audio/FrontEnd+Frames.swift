import Kernels

extension FrontEnd {
    /// Mel bands in which no frequency of the transform lies, from 1.
    public var emptyBands: [Int] { MelFilters(self).emptyBands }

    /// The frames of a recording, `[time, features]`: it is resampled to ``rate`` first.
    /// - Throws: ``AudioError``.
    public func frames(of recording: Recording) throws(AudioError) -> [Float] {
        let samples = try recording.resampled(to: rate).samples
        guard !samples.isEmpty else { throw .noSamples }
        let frames: [Float]
        switch features {
        case .samples: frames = samples
        case .muLaw: frames = samples.map { Float(MuLaw.level(of: $0)) }
        case .stored: throw .unknownFormat
        case .logMel: frames = try logMel(samples).map { Float($0) }
        case .mfcc: frames = cepstra(try logMel(samples)).map { Float($0) }
        }
        guard frames.allSatisfy(\.isFinite) else { throw .notFinite }
        return frames
    }

    /// `[time, bands]`.
    private func logMel(_ samples: [Float]) throws(AudioError) -> [Double] {
        let signal = try extended(samples)
        let length = definition == .kaldi ? windowLength : transformLength
        guard signal.count >= length else { throw .tooShort(sampleCount: samples.count, neededCount: length) }
        let (transform, filters, window) = (try RealTransform(length: transformLength), MelFilters(self), window)
        // A window shorter than the transform stands in its middle; Kaldi's at its begin.
        let offset = definition == .kaldi ? 0 : (transformLength - windowLength) / 2
        var frame = Array(repeating: Float(0), count: transformLength)
        var power = Array(repeating: 0.0, count: transformLength / 2 + 1)
        var energies = Array(repeating: 0.0, count: bandCount)
        var result: [Double] = []
        let frameCount = (signal.count - length) / hopLength + 1
        result.reserveCapacity(frameCount * bandCount)
        for time in 0..<frameCount {
            var piece = Array(signal[(time * hopLength + offset)..<(time * hopLength + offset + windowLength)])
            if definition == .kaldi { emphasise(&piece) }
            for place in 0..<windowLength { frame[offset + place] = piece[place] * window[place] }
            transform.power(of: frame, into: &power)
            filters.energies(power, into: &energies)
            result += energies
        }
        takeLogarithms(&result)
        return result
    }

    /// The signal that is cut into frames: with half a transform before and behind it, where frames are centred.
    private func extended(_ samples: [Float]) throws(AudioError) -> [Float] {
        let half = transformLength / 2
        switch definition {
        case .kaldi: return samples.map { $0 * 32_768 }
        case .librosa:
            let zeros = Array(repeating: Float(0), count: half)
            return zeros + samples + zeros
        case .torchaudio:
            guard samples.count > half else { throw .tooShort(sampleCount: samples.count, neededCount: half + 1) }
            return (1...half).reversed().map { samples[$0] } + samples + (1...half).map { samples[samples.count - 1 - $0] }
        }
    }

    private var window: [Float] {
        let points = definition == .kaldi ? windowLength - 1 : windowLength
        return (0..<windowLength).map { place in
            let turn = points > 0 ? Double(place) / Double(points) : 0
            let hann = 0.5 - 0.5 * cosineAndSine(ofTurns: turn).cosine
            return Float(definition == .kaldi ? exponential(0.85 * naturalLogarithm(hann)) : hann)
        }
    }

    /// Takes the mean from a frame, and from each sample 0.97 of the one before it; from the first 0.97 of itself.
    private func emphasise(_ frame: inout [Float]) {
        let mean = Float(frame.reduce(0.0) { $0 + Double($1) } / Double(frame.count))
        for place in frame.indices { frame[place] -= mean }
        for place in frame.indices.reversed() { frame[place] -= 0.97 * frame[max(0, place - 1)] }
    }

    private func takeLogarithms(_ energies: inout [Double]) {
        guard definition != .kaldi else {
            for place in energies.indices { energies[place] = naturalLogarithm(max(energies[place], Double(Float.ulpOfOne))) }
            return
        }
        let decibel = 10 / naturalLogarithm(10)
        var largest = -Double.infinity
        for place in energies.indices {
            energies[place] = decibel * naturalLogarithm(max(energies[place], 1e-10))
            largest = max(largest, energies[place])
        }
        for place in energies.indices { energies[place] = max(energies[place], largest - 80) }
    }

    /// The orthonormal DCT-II of each frame's logarithms, the first coefficients of it: `[time, coefficients]`.
    private func cepstra(_ logMel: [Double]) -> [Double] {
        let basis = (0..<coefficientCount).map { coefficient in
            let norm = ((coefficient == 0 ? 1 : 2) / Double(bandCount)).squareRoot()
            // Kaldi's sine lifter.
            let lifter = definition == .kaldi ? 1 + 11 * cosineAndSine(ofTurns: (Double(coefficient) / 44).fraction).sine : 1
            return (0..<bandCount).map { band in
                cosineAndSine(ofTurns: (Double(coefficient * (2 * band + 1)) / Double(4 * bandCount)).fraction).cosine * norm * lifter
            }
        }
        var result: [Double] = []
        result.reserveCapacity(logMel.count / bandCount * coefficientCount)
        for first in stride(from: 0, to: logMel.count, by: bandCount) {
            for weights in basis {
                var sum = 0.0
                for band in 0..<bandCount { sum += weights[band] * logMel[first + band] }
                result.append(sum)
            }
        }
        return result
    }
}

extension Double {
    /// From 0 to below 1.
    fileprivate var fraction: Double { self - rounded(.down) }
}
