/// Squared for small errors and absolute for large ones (Huber 1964), `torch.nn.HuberLoss`:
///
/// ```
/// e²/2  where |e| ≤ δ,    δ·(|e| - δ/2)  elsewhere
/// ```
struct HuberError: NumberLoss {
    /// Above 0.
    let delta: Float

    func value(ofError error: Float, output: Int) -> Double {
        let (size, delta) = (Double(error.magnitude), Double(delta))
        return size <= delta ? size * size / 2 : delta * (size - delta / 2)
    }

    func derivative(ofError error: Float, output: Int) -> Float { error > delta ? delta : error < -delta ? -delta : error }
}
