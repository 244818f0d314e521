package import Network

extension Configuration {
    /// `parallelism.gates` in the network's words.
    package var gateMode: GateMode { parallelism.gates == .split ? .split : .fused }
}
