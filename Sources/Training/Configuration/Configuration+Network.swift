public import Kernels
import Network

/// The configuration's choices in the words of the network's room.
extension Configuration {
    var gateMode: GateMode { parallelism.gates == .split ? .split : .fused }

    public var precision: Precision { training.precision == .bfloat16 ? .bfloat16 : .float32 }
}
