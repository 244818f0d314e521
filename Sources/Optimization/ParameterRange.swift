/// Consecutive parameters of the flat buffers: a tensor, or several side by side that a step treats alike.
public struct ParameterRange: Sendable, Equatable {
    public let elements: Range<Int>
    /// Whether weight decay changes them. LAMB adapts the step's length to these only.
    public let isDecayed: Bool

    public init(_ elements: Range<Int>, isDecayed: Bool) {
        self.elements = elements
        self.isDecayed = isDecayed
    }
}

extension [ParameterRange] {
    /// Neighbours that are treated alike, as one.
    var merged: [ParameterRange] {
        reduce(into: []) { merged, next in
            if let last = merged.last, last.isDecayed == next.isDecayed, last.elements.upperBound == next.elements.lowerBound {
                merged[merged.count - 1] = ParameterRange(last.elements.lowerBound..<next.elements.upperBound, isDecayed: last.isDecayed)
            } else {
                merged.append(next)
            }
        }
    }
}
