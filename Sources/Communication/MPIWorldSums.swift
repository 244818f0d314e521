import CMPI
import COpenMPI

/// How the ranks divide a sum: a slice of the values each. Kept from sum to sum, so that dividing anew allocates nothing.
struct SliceDivision {
    /// Floats of each slice, and where it begins in the values: `[rankCount]`.
    private(set) var counts: [Int32]
    private(set) var starts: [Int32]
    /// Floats that each rank sends for the own slice, and where they go, one rank's behind the other's: `[rankCount]`.
    private(set) var receivedCounts: [Int32]
    private(set) var receivedStarts: [Int32]

    init(rankCount: Int) {
        let zeros = [Int32](repeating: 0, count: rankCount)
        (counts, starts, receivedCounts, receivedStarts) = (zeros, zeros, zeros, zeros)
    }

    /// Cuts `valueCount` values, at most 2³⁰, into slices whose lengths differ by one at most, as `rank` sees them.
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
    /// Each rank sums one slice of the values for all: its slice of every rank arrives (Alltoallv), the tree is computed here,
    /// and the sums go out to all (Allgatherv). MPI moves bytes and never adds, so no algorithm or topology of its can change a bit.
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
        // unsafe: MPI takes pointers; they are used while the span is borrowed here, and pieces lie inside it.
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
        // unsafe: MPI reads and writes what counts and starts name; these lie inside `values` and, by the line above, inside `received`.
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
