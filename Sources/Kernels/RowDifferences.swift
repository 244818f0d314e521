extension OutputSpan<Float> {
    /// Appends rows of numbers, less what is subtracted from each: `values[first + offset + number] - subtracted[row, number]`, `[rows, count]`.
    /// - Parameters:
    ///   - values: what the rows are taken from; each must lie in it.
    ///   - firsts: place of each row's first number.
    ///   - offset: added to each place.
    ///   - count: numbers of a row.
    ///   - subtracted: `[rows, count]`.
    public mutating func append(rowsOf values: Span<Float>, from firsts: Span<Int>, offset: Int, count: Int, subtracting subtracted: Span<Float>) {
        precondition(count > 0 && subtracted.count == firsts.count * count && freeCapacity >= subtracted.count, "\(firsts.count) rows of \(count) numbers")
        let lanes = SIMD4<Float>.scalarCount
        guard count >= lanes else {
            for row in firsts.indices {
                for number in 0..<count { append(values[firsts[row] + offset + number] - subtracted[row * count + number]) }
            }
            return
        }
        for row in firsts.indices { precondition(firsts[row] + offset >= 0 && firsts[row] + offset + count <= values.count, "a row outside the numbers") }
        let rowBytes = count * MemoryLayout<Float>.stride
        // Four numbers at a time: a row's last four overlap the four before them, where its length is no multiple of four.
        // All loads and stores are within rows, by the preconditions.
        withUnsafeMutableBufferPointer { target, targetCount in
            values.withUnsafeBytes { values in
                subtracted.withUnsafeBytes { subtracted in
                    var place = targetCount * MemoryLayout<Float>.stride
                    let bytes = UnsafeMutableRawBufferPointer(target)
                    for row in firsts.indices {
                        let first = (firsts[row] + offset) * MemoryLayout<Float>.stride
                        for number in stride(from: 0, to: count, by: lanes) {
                            let byte = Swift.min(number, count - lanes) * MemoryLayout<Float>.stride
                            let value = values.loadUnaligned(fromByteOffset: first + byte, as: SIMD4<Float>.self)
                            let base = subtracted.loadUnaligned(fromByteOffset: row * rowBytes + byte, as: SIMD4<Float>.self)
                            bytes.storeBytes(of: value - base, toByteOffset: place + byte, as: SIMD4<Float>.self)
                        }
                        place += rowBytes
                    }
                }
            }
            targetCount += firsts.count * count
        }
    }
}
