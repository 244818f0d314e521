import Kernels

/// μ-law companding with 256 levels (ITU-T G.711's curve, as torchaudio's and WaveNet's): a sample from -1 to 1 becomes a level from 0 to 255.
public enum MuLaw {
    private static let mu = 255.0

    /// sign(x) · ln(1 + μ|x|) / ln(1 + μ) cut into equal levels; samples outside of -1…1 become the first or last.
    public static func level(of sample: Float) -> Int {
        let x = min(1, max(-1, Double(sample)))
        let curved = naturalLogarithm(1 + mu * abs(x)) / naturalLogarithm(1 + mu)
        return Int(((x < 0 ? -curved : curved) + 1) / 2 * mu + 0.5)
    }

    /// The sample in the middle of a level.
    public static func sample(ofLevel level: Int) -> Float {
        let curved = Double(level) / mu * 2 - 1
        let size = (exponential(abs(curved) * naturalLogarithm(1 + mu)) - 1) / mu
        return Float(curved < 0 ? -size : size)
    }
}
