import Network

extension Configuration {
    /// `parallelism.gates` in the network's words.
    var gateMode: GateMode { parallelism.gates == .split ? .split : .fused }
}
