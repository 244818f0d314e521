/// Goes through the elements of an array in Fortran order, in which the first index varies fastest, and knows the place of each in C order.
struct FortranOrder {
    private let sizes: [Int]
    /// Distance in C order of neighbours in each dimension.
    private let strides: [Int]
    private var indices: [Int]
    private var place = 0

    /// Whether the two orders differ for `shape`. Without at least two dimensions of two elements they are the same.
    static func matters(for shape: [Int]) -> Bool { !shape.contains(0) && shape.count(where: { $0 > 1 }) > 1 }

    /// - Precondition: the order matters for `shape`.
    init(_ shape: [Int]) {
        // Dimensions of one element change no place, and take time.
        sizes = shape.filter { $0 > 1 }
        var strides: [Int] = []
        var stride = 1
        for size in sizes.reversed() {
            strides.append(stride)
            stride *= size
        }
        self.strides = strides.reversed()
        indices = [Int](repeating: 0, count: sizes.count)
    }

    /// The place in C order of the next element.
    mutating func next() -> Int {
        defer { advance(1) }
        return place
    }

    /// Copies the next elements, `values`, to their places in `array`.
    mutating func copy<Value: BitwiseCopyable>(_ values: UnsafeBufferPointer<Value>, to array: UnsafeMutableBufferPointer<Value>) {
        var done = 0
        while done < values.count {
            let run = min(values.count - done, sizes[0] - indices[0])
            let stride = strides[0]
            var target = place
            // Places are products of indices that are within the shape, so they are in `array`.
            for index in done..<done + run {
                array[target] = values[index]
                target &+= stride
            }
            done += run
            advance(run)
        }
    }

    /// - Precondition: the first dimension has so many elements left.
    private mutating func advance(_ count: Int) {
        indices[0] += count
        place += count * strides[0]
        var dimension = 0
        while indices[dimension] == sizes[dimension] {
            place -= sizes[dimension] * strides[dimension]
            indices[dimension] = 0
            dimension += 1
            // Behind the last element it begins anew.
            guard dimension < sizes.count else { return }
            indices[dimension] += 1
            place += strides[dimension]
        }
    }
}
