import Checkpoints
import StrictJSON

extension Configuration {
    /// Keys that say where a file lies, or how a table's is read. What is read must be the same, and is held against what the checkpoint says.
    static let pathKeys: Set<String> = [
        "data.files", "model.initialWeights", "data.delimiter", "data.decimal", "data.header", "data.missing", "data.order",
    ]

    /// SHA-256 of the keys that shape the result, by which a checkpoint is known to be of this configuration; where files lie doesn't count.
    ///
    /// A key at its default isn't part of it: a version of the program that has more keys gives the same hash for a configuration without them.
    func resultSHA256() throws(CheckpointError) -> String {
        let keys = ConfigurationKey.table.filter { $0.effect == .result && !Self.pathKeys.contains($0.dottedName) && $0.kinds.contains(data.kind) }
        let lines = keys.compactMap { key in
            let value = key.value(in: self)
            return value == key.standard ? nil : "\(key.dottedName)=\(value.serialized())\n"
        }
        return try SHA256.hex(of: Array(lines.joined().utf8))
    }
}
