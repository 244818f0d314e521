import Communication
import Kernels

/// Messages of floats, carried as bytes.
extension Communicator {
    /// Overwrites `floats` on every rank with those of rank `root`. Collective.
    func broadcast(_ floats: FloatView, from root: Int) throws {
        let bytes = try broadcast(rank == root ? floats.bytes : [], from: root)
        floats.withMutableSpan { span in
            span.withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
        }
    }

    /// All ranks' floats, one rank's after the other's, on every rank. Collective.
    func gatherFloats(_ floats: FloatView?) throws -> [Float] {
        try gatherEverywhere(floats?.bytes ?? []).flatMap { bytes in
            bytes.withUnsafeBytes { raw in (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) } }
        }
    }
}

extension FloatView {
    fileprivate var bytes: [UInt8] { withSpan { $0.withUnsafeBytes { Array($0) } } }
}
