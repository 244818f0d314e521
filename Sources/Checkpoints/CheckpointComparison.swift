import Files

/// The first element in which two checkpoints differ.
public struct TensorDifference: Equatable, Sendable, CustomStringConvertible {
    public let file: String
    public let tensor: String
    /// By its place in the tensor, in C order.
    public let element: Int
    public let found: Float
    public let wanted: Float

    public var description: String {
        "\(tensor.printable) in \(file): element \(element) is \(found), not \(wanted)"
    }
}

extension StoredCheckpoint {
    /// The first tensor, in the order of weights, optimizer and streams, whose bits aren't those of `reference`'s; nil if all are.
    /// Cost: where a file's SHA-256 isn't the other's, reads both.
    /// - Throws: ``CheckpointError/tensorMissing(checkpoint:file:tensor:)`` and its like where the two are not of the same model.
    public func firstDifference(from reference: StoredCheckpoint) throws(CheckpointError) -> TensorDifference? {
        if let found = try Self.firstDifference(weights, reference.weights, named: CheckpointFile.weights, of: path) { return found }
        if let found = try Self.firstDifference(optimizer, reference.optimizer, named: CheckpointFile.optimizer, of: path) { return found }
        guard let streams, let wanted = reference.streams else { return nil }
        return try Self.firstDifference(streams, wanted, named: CheckpointFile.streams, of: path)
    }

    private static func firstDifference(
        _ file: SafetensorsFile, _ reference: SafetensorsFile, named name: String, of path: String
    ) throws(CheckpointError) -> TensorDifference? {
        let entries = Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for wanted in reference.entries {
            guard let entry = entries[wanted.name] else {
                throw .tensorMissing(checkpoint: path, file: name, tensor: wanted.name)
            }
            guard entry.shape == wanted.shape else {
                throw .shapeDiffers(checkpoint: path, tensor: wanted.name, found: entry.shape.dimensions, wanted: wanted.shape.dimensions)
            }
            let (values, wantedValues) = try mappingErrors((try file.values(of: entry), try reference.values(of: wanted)))
            // By their bits: -0 and 0 are two numbers here, and NaN is one.
            if let element = values.indices.first(where: { values[$0].bitPattern != wantedValues[$0].bitPattern }) {
                return TensorDifference(file: name, tensor: wanted.name, element: element, found: values[element], wanted: wantedValues[element])
            }
        }
        return nil
    }
}

extension SafetensorsFile {
    /// The elements of `entry`, in C order.
    func values(of entry: TensorEntry) throws(FileError) -> [Float] {
        var values = [Float](repeating: 0, count: entry.shape.elementCount)
        var span = values.mutableSpan
        try read(entry, into: &span)
        return values
    }
}
