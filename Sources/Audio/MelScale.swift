import Kernels

/// A scale of pitch in mel.
enum MelScale {
    /// 2595·log10(1 + f/700), which is 1127·ln(1 + f/700) within rounding (Young et al., The HTK Book).
    case htk
    /// The same as Kaldi writes it: 1127·ln(1 + f/700).
    case kaldi
    /// Linear below 1000 Hz, logarithmic above (Slaney, Auditory Toolbox, 1998).
    case slaney

    private static let slaneyStep = 200.0 / 3
    private static let slaneyLogStep = naturalLogarithm(6.4) / 27
    private static let htkFactor = 2595 / naturalLogarithm(10)

    func mel(_ frequency: Double) -> Double {
        switch self {
        case .htk: Self.htkFactor * naturalLogarithm(1 + frequency / 700)
        case .kaldi: 1127 * naturalLogarithm(1 + frequency / 700)
        case .slaney: frequency < 1000 ? frequency / Self.slaneyStep : 15 + naturalLogarithm(frequency / 1000) / Self.slaneyLogStep
        }
    }

    func frequency(_ mel: Double) -> Double {
        switch self {
        case .htk: 700 * (exponential(mel / Self.htkFactor) - 1)
        case .kaldi: 700 * (exponential(mel / 1127) - 1)
        case .slaney: mel < 15 ? mel * Self.slaneyStep : 1000 * exponential(Self.slaneyLogStep * (mel - 15))
        }
    }
}

/// Triangular filters, each with its weights at consecutive frequencies of a transform.
struct MelFilters {
    private let filters: [(first: Int, weights: [Double])]

    init(_ frontEnd: FrontEnd) {
        let (count, points) = (frontEnd.bandCount, frontEnd.transformLength)
        let scale: MelScale =
            switch frontEnd.definition {
            case .librosa: .slaney
            case .torchaudio: .htk
            case .kaldi: .kaldi
            }
        let (low, high) = (scale.mel(frontEnd.lowFrequency), scale.mel(frontEnd.highFrequency))
        let edges = (0..<(count + 2)).map { low + (high - low) * Double($0) / Double(count + 1) }
        // Kaldi's triangles are straight over mel, the others' over Hz; Kaldi leaves out the last frequency.
        let isOverMel = frontEnd.definition == .kaldi
        let corners = isOverMel ? edges : edges.map(scale.frequency)
        let places = (0..<(isOverMel ? points / 2 : points / 2 + 1)).map { place in
            let frequency = Double(place) * Double(frontEnd.rate) / Double(points)
            return isOverMel ? scale.mel(frequency) : frequency
        }
        filters = (0..<count).map { band in
            let (left, centre, right) = (corners[band], corners[band + 1], corners[band + 2])
            let norm = frontEnd.definition == .librosa ? 2 / (right - left) : 1
            let weights = places.map { max(0, min(($0 - left) / (centre - left), (right - $0) / (right - centre))) * norm }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let end = (weights.lastIndex { $0 > 0 } ?? -1) + 1
            return (first, first < end ? Array(weights[first..<end]) : [])
        }
    }

    /// From 1.
    var emptyBands: [Int] { filters.indices.filter { filters[$0].weights.isEmpty }.map { $0 + 1 } }

    /// The energies of all bands, each the sum over rising frequencies.
    func energies(_ power: [Double], into energies: inout [Double]) {
        for (band, filter) in filters.enumerated() {
            var sum = 0.0
            for (offset, weight) in filter.weights.enumerated() { sum += weight * power[filter.first + offset] }
            energies[band] = sum
        }
    }
}
