import CMPI
import COpenMPI

/// Divides a sum among the ranks: one slice of the values each. Kept from sum to sum to avoid allocations.
struct SliceDivision {
    /// Length of each slice in floats, and its start in the values: `[rankCount]`.
    private(set) var counts: [Int32]
    private(set) var starts: [Int32]
    /// Number of floats that each rank sends for this rank's slice, and their offsets in the receive buffer: `[rankCount]`.
    private(set) var receivedCounts: [Int32]
    private(set) var receivedStarts: [Int32]

    init(rankCount: Int) {
        let zeros = [Int32](repeating: 0, count: rankCount)
        (counts, starts, receivedCounts, receivedStarts) = (zeros, zeros, zeros, zeros)
    }

    /// Divides `valueCount` values, at most 2³⁰, into slices whose lengths differ by at most one, as seen by `rank`.
    mutating func divide(_ valueCount: Int, rank: Int) {
        let rankCount = counts.count
        func start(_ slice: Int) -> Int { slice * valueCount / rankCount }
        let ownCount = start(rank + 1) - start(rank)
        for other in 0..<rankCount {
            starts[other] = Int32(start(other))
            counts[other] = Int32(start(other + 1) - start(other))
            receivedCounts[other] = Int32(ownCount)
            receivedStarts[other] = Int32(other * ownCount)
        }
    }
}

extension MPIWorld {
    /// Each rank sums one slice of the values: it receives that slice from every rank (Alltoallv), adds them up in the tree,
    /// and sends the sums to all ranks (Allgatherv). MPI moves bytes and never adds, so its choice of algorithm or topology can't change a bit.
    /// - Cost: 2 · (1 − 1/ranks) of the values sent and received, as the best allreduce. No allocation after the first sum of this length.
    public func sumOverRanks(_ values: inout MutableSpan<Float>) throws(CommunicationError) {
        try inPieces("sum", &values) { piece throws(CommunicationError) in try sumByTree(piece) }
    }

    /// MPI_Allreduce with MPI_SUM.
    public func sumOverRanksFast(_ values: inout MutableSpan<Float>) throws(CommunicationError) {
        try inPieces("fast sum", &values) { piece throws(CommunicationError) in
            try call("MPI_Allreduce") {
                MPI_Allreduce(mpiInPlace(), piece.baseAddress, Int32(piece.count), mpiFloat(), mpiSum(), mpiCommWorld())
            }
        }
    }

    private func inPieces(
        _ operation: String, _ values: inout MutableSpan<Float>, _ sum: (UnsafeMutableBufferPointer<Float>) throws(CommunicationError) -> Void
    ) throws(CommunicationError) {
        guard rankCount > 1 else { return }
        let largest = largestMessageCount
        // unsafe: MPI takes pointers; they are used only while the span is borrowed, and pieces lie inside it.
        try values.withUnsafeMutableBufferPointer { all throws(CommunicationError) in
            try recorder.recorded(operation, byteCount: 4 * all.count) { () throws(CommunicationError) in
                for start in stride(from: 0, to: all.count, by: largest) {
                    try sum(UnsafeMutableBufferPointer(rebasing: all[start..<min(start + largest, all.count)]))
                    recorder.advance()
                }
            }
        }
    }

    private func sumByTree(_ values: UnsafeMutableBufferPointer<Float>) throws(CommunicationError) {
        slices.divide(values.count, rank: rank)
        let ownCount = Int(slices.counts[rank])
        if receivedSlices.count < rankCount * ownCount {
            receivedSlices = [Float](repeating: 0, count: rankCount * ownCount)
        }
        // unsafe: MPI reads and writes the ranges given by counts and starts; these lie inside `values` and, by the line above, inside `received`.
        try receivedSlices.withUnsafeMutableBufferPointer { received throws(CommunicationError) in
            try call("MPI_Alltoallv") {
                MPI_Alltoallv(
                    values.baseAddress, slices.counts, slices.starts, mpiFloat(),
                    received.baseAddress, slices.receivedCounts, slices.receivedStarts, mpiFloat(), mpiCommWorld())
            }
            sumRowsByTree(received, rowCount: rankCount, rowLength: ownCount)
            try call("MPI_Allgatherv") {
                MPI_Allgatherv(
                    received.baseAddress, Int32(ownCount), mpiFloat(),
                    values.baseAddress, slices.counts, slices.starts, mpiFloat(), mpiCommWorld())
            }
        }
    }
}
