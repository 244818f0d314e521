package import Configuration
package import Datasets
package import Files
import StrictJSON

/// SHA-256 of everything that determines a run's weights and their meaning, except the data's contents: keys that affect the result and differ from their
/// defaults, and the vocabulary, or columns with statistics. Stored in each checkpoint, so that another run's checkpoint is recognised.
package struct ResultDigest {
    let configuration: Configuration
    let meaning: (any DataMeaning)?

    package init(configuration: Configuration, meaning: (any DataMeaning)?) {
        self.configuration = configuration
        self.meaning = meaning
    }

    /// Unaffected by a key that a later version adds, as long as it has its default.
    package func hex() throws(FileError) -> String { try SHA256.hex(of: Array(lines.joined(separator: "\n").utf8)) }

    private var lines: [String] {
        let keys = ConfigurationKey.table.filter { key in
            key.effect(in: configuration) == .result && key.isKnown(in: configuration) && !Configuration.pathKeys.contains(key.dottedName)
                && key.value(in: configuration) != key.standard
        }
        let settings = keys.map { "\($0.dottedName)=\($0.value(in: configuration).serialized())" }.sorted()
        return settings + (meaning?.digestLines ?? [])
    }
}

extension EarlierRun {
    /// Nil if the vocabulary or statistics are missing or damaged; the code that needs them reports it.
    func digest() throws(FileError) -> String? {
        let meaning = try? meaning()
        if meaning == nil, configuration.source.storedFile != nil { return nil }
        return try ResultDigest(configuration: configuration, meaning: meaning).hex()
    }
}
