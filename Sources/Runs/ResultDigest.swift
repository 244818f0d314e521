package import Configuration
import Datasets
package import Files
import StrictJSON

/// SHA-256 of everything that determines a run's weights and their meaning, except the data's contents: keys that affect the result and differ from their
/// defaults, and the vocabulary, or columns with statistics. Stored in each checkpoint, so that another run's checkpoint is recognised.
package struct ResultDigest {
    let configuration: Configuration
    let meaning: DataMeaning?

    package init(configuration: Configuration, meaning: DataMeaning?) {
        self.configuration = configuration
        self.meaning = meaning
    }

    /// Unaffected by a key that a later version adds, as long as it has its default.
    package func hex() throws(FileError) -> String { try SHA256.hex(of: Array(lines.joined(separator: "\n").utf8)) }

    private var lines: [String] {
        let keys = ConfigurationKey.table.filter { key in
            key.effect == .result && key.kinds.contains(configuration.data.kind) && !Configuration.pathKeys.contains(key.dottedName)
                && key.value(in: configuration) != key.standard
        }
        let settings = keys.map { "\($0.dottedName)=\($0.value(in: configuration).serialized())" }.sorted()
        switch meaning {
        case nil: return settings
        case .symbols(let vocabulary): return settings + ["\(vocabulary.unit)"] + vocabulary.symbols.map { "\($0)" }
        case .columns(let scaling):
            return settings
                + scaling.statistics.columns.flatMap { [JSONValue.text($0.name).serialized(), "\($0.mean.bitPattern)", "\($0.deviation.bitPattern)"] }
        }
    }
}

extension EarlierRun {
    /// Nil if the vocabulary or statistics are missing or damaged; the code that needs them reports it.
    func digest() throws(FileError) -> String? {
        let meaning = try? meaning()
        if meaning == nil, !configuration.data.kind.isGenerated { return nil }
        return try ResultDigest(configuration: configuration, meaning: meaning).hex()
    }
}
