import Communication
package import Configuration
package import Kernels

extension Communicator {
    /// Sums `values` over ranks, in place. Collective. Flushes denormals, as in the sums of a rank's own shards.
    package func sumOverRanks(_ values: FloatView, order: Configuration.ReductionOrder) throws {
        try withDenormalsFlushed {
            try values.withMutableSpan { (span) throws(CommunicationError) in
                switch order {
                case .exact: try sumOverRanks(&span)
                case .fast: try sumOverRanksFast(&span)
                }
            }
        }
    }
}

/// Messages of floats, sent as bytes.
extension Communicator {
    /// Overwrites `floats` on every rank with those of rank `root`. Collective.
    package func broadcast(_ floats: FloatView, from root: Int) throws {
        let bytes = try broadcast(rank == root ? floats.bytes : [], from: root)
        floats.withMutableSpan { span in
            span.withUnsafeMutableBytes { $0.copyBytes(from: bytes.prefix($0.count)) }
        }
    }

    /// All ranks' floats, concatenated in rank order, on every rank. Collective.
    package func gatherFloats(_ floats: FloatView?) throws -> [Float] {
        try gatherEverywhere(floats?.bytes ?? []).flatMap { bytes in
            bytes.withUnsafeBytes { raw in (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) } }
        }
    }
}

extension FloatView {
    fileprivate var bytes: [UInt8] { withSpan { $0.withUnsafeBytes { Array($0) } } }
}
