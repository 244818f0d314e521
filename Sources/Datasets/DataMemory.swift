// Memory of the datasets after reading.

extension Dataset {
    public var byteCount: Int { 0 }
}

extension ExampleSet {
    public var byteCount: Int { orderByteCount }

    /// Memory of an epoch's order of examples.
    var orderByteCount: Int { MemoryLayout<UInt32>.stride * exampleCount(of: .training) }
}

extension TextStreams {
    public var byteCount: Int { text.byteCount }
}

extension TextWindows {
    public var byteCount: Int { text.byteCount + orderByteCount }
}

extension SeriesWindows {
    public var byteCount: Int { values.byteCount + MemoryLayout<Float>.stride * calendarValues.count + orderByteCount }
}
