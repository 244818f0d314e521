import StrictJSON

// Training computes in float32, where a very small number is 0: what a key's own range can't say of that.
extension ConfigurationReader {
    mutating func checkFloats() {
        checkClipNorm()
        checkDecay()
    }

    /// Adam keeps squares of the clipped gradient.
    private mutating func checkClipNorm() {
        let limit = configuration.training.clipNorm
        guard limit > 0, isZeroInFloat(limit * limit) else { return }
        refuse(
            "training.clipNorm",
            "training.clipNorm is \(limit); squares of gradients so small are 0 in float32, so that nothing would be trained. 1 to 5 is usual, "
                + "0 for no clipping.")
    }

    private mutating func checkDecay() {
        let optimizer = configuration.optimizer
        let (rate, factor) = (optimizer.learningRate, optimizer.decayFactor)
        guard optimizer.schedule == .step, !isZeroInFloat(rate), isZeroInFloat(rate * factor) else { return }
        refuse(
            "optimizer.decayFactor",
            "optimizer.decayFactor is \(factor): times optimizer.learningRate it is 0 in float32, so that nothing would be trained after the first "
                + "decay; 0.1 to 0.9 is usual.")
    }

    /// Denormals are flushed.
    private func isZeroInFloat(_ value: Double) -> Bool { Float(value) < Float.leastNormalMagnitude }

    private mutating func refuse(_ name: String, _ message: String) {
        guard isSound(name), let given = place(of: name) else { return }
        report(given, message)
    }
}
