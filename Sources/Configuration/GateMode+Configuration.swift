package import Network

extension Configuration {
    /// `parallelism.gates` as the network's type.
    package var gateMode: GateMode { parallelism.gates == .split ? .split : .fused }
}
