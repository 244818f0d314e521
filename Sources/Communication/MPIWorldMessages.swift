import CMPI
import COpenMPI

extension MPIWorld {
    /// Gathers the lengths first, then the bytes in as many rounds as the longest message needs.
    public func gatherEverywhere(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
        try recorder.recorded("gather", byteCount: bytes.count) { () throws(CommunicationError) in try gather(bytes) }
    }

    private func gather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
        let lengths = try gatherLengths(bytes.count)
        // The bytes of all ranks in a round fit into one call.
        let largestShare = max(1, largestMessageCount / rankCount)
        var messages = lengths.map { length in
            var message: [UInt8] = []
            message.reserveCapacity(length)
            return message
        }
        for start in stride(from: 0, to: lengths.max() ?? 0, by: largestShare) {
            let shares = lengths.map { min(largestShare, max(0, $0 - start)) }
            let round = try gatherRound(bytes[min(start, bytes.count)..<min(start + shares[rank], bytes.count)], shares: shares)
            var end = 0
            for sender in 0..<rankCount {
                messages[sender] += round[end..<end + shares[sender]]
                end += shares[sender]
            }
        }
        return messages
    }

    /// Sends the length first, then the bytes in pieces.
    public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
        precondition(0..<rankCount ~= root, "no rank \(root) in a group of \(rankCount)")
        return try recorder.recorded("broadcast", byteCount: bytes.count) { () throws(CommunicationError) in try pass(bytes, from: root) }
    }

    private func pass(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
        var length = Int64(bytes.count)
        try call("MPI_Bcast") { MPI_Bcast(&length, 1, mpiInt64(), Int32(root), mpiCommWorld()) }
        var message = rank == root ? bytes : [UInt8](repeating: 0, count: Int(length))
        let largest = largestMessageCount
        // unsafe: MPI takes pointers; each piece lies inside `message`.
        try message.withUnsafeMutableBufferPointer { all throws(CommunicationError) in
            for start in stride(from: 0, to: all.count, by: largest) {
                let piece = UnsafeMutableBufferPointer(rebasing: all[start..<min(start + largest, all.count)])
                try call("MPI_Bcast") {
                    MPI_Bcast(piece.baseAddress, Int32(piece.count), mpiByte(), Int32(root), mpiCommWorld())
                }
            }
        }
        return message
    }

    private func gatherLengths(_ length: Int) throws(CommunicationError) -> [Int] {
        var own = Int64(length)
        var lengths = [Int64](repeating: 0, count: rankCount)
        try call("MPI_Allgather") { MPI_Allgather(&own, 1, mpiInt64(), &lengths, 1, mpiInt64(), mpiCommWorld()) }
        return lengths.map(Int.init)
    }

    /// Gathers `shares[rank]` bytes of each rank, concatenated. Their sum is at most 2³⁰.
    private func gatherRound(_ share: ArraySlice<UInt8>, shares: [Int]) throws(CommunicationError) -> [UInt8] {
        var starts: [Int32] = []
        var total = 0
        for count in shares {
            starts.append(Int32(total))
            total += count
        }
        var round = [UInt8](repeating: 0, count: total)
        // unsafe: MPI takes pointers; counts and starts lie inside `round`, and `share` has `shares[rank]` bytes.
        try share.withUnsafeBufferPointer { own throws(CommunicationError) in
            try call("MPI_Allgatherv") {
                MPI_Allgatherv(own.baseAddress, Int32(own.count), mpiByte(), &round, shares.map(Int32.init), starts, mpiByte(), mpiCommWorld())
            }
        }
        return round
    }
}
