package import Communication
package import Configuration
package import Datasets
import Files
import StrictJSON

/// Values that must be the same on all ranks before the first step, and the check for it.
package struct RankAgreement {
    /// Names and values of this rank.
    private let fields: [(name: String, value: String)]

    /// Keys that may differ between ranks, since they don't affect the result. File paths are among them, but not the files' contents.
    private static let freeKeys: Set<String> = [
        "parallelism.threads", "parallelism.gates", "data.files", "data.validationFiles", "data.testFiles", "data.prepared", "data.tokenizer",
        "model.initialWeights", "model.embeddingFile",
    ]

    /// - Parameter weightsSHA256: of the checkpoint to evaluate; nil in training.
    package init(configuration: Configuration, dataset: any Dataset, weightsSHA256: String? = nil) throws {
        var fields = ConfigurationKey.table.filter { !Self.freeKeys.contains($0.dottedName) }.map { key in
            (name: key.dottedName, value: key.value(in: configuration).serialized())
        }
        fields.append(("the data", "fingerprint \(hexadecimal(dataset.fingerprint))"))
        fields.append(("the binary", "SHA-256 \(try SHA256.hex(ofFile: "/proc/self/exe"))"))
        if let weightsSHA256 { fields.append(("the checkpoint's weights", "SHA-256 \(weightsSHA256)")) }
        self.fields = fields
    }

    /// - Parameter fields: names and values of this rank.
    package init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// - Parameter initialWeightsSHA256: of the initial weights, if they come from a file.
    package init(initialWeightsSHA256: String?) {
        fields = [("model.initialWeights", initialWeightsSHA256.map { "SHA-256 \($0)" } ?? "none")]
    }

    /// Collective.
    /// - Throws: ``TrainingError/ranksDiffer(field:values:)`` on every rank, with the first field that differs and the ranks that have each value.
    package func check(over group: any Communicator) throws {
        let texts = try group.gatherEverywhere(fields.map(\.value).joined(separator: "\u{0}"))
        let values = texts.map { $0.split(separator: "\u{0}", omittingEmptySubsequences: false).map(String.init) }
        for (index, field) in fields.enumerated() {
            let column = values.map { index < $0.count ? $0[index] : "nothing" }
            if let error = TrainingError(field: field.name, valuesByRank: column) { throw error }
        }
    }

    /// "ranks 0, 1, 3 have 128", "rank 2 has 256": the largest group first.
    package static func groups(of column: [String]) -> [String] {
        let ranks = Dictionary(grouping: column.indices) { column[$0] }
        return ranks.sorted { ($1.value.count, $0.value[0]) < ($0.value.count, $1.value[0]) }.map { value, ranks in
            let names = ranks.map(String.init).joined(separator: ", ")
            return ranks.count == 1 ? "rank \(names) has \(value)" : "ranks \(names) have \(value)"
        }
    }
}

func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

extension TrainingError {
    /// ``ranksDiffer(field:values:)``; nil if all ranks have the same value.
    package init?(field: String, valuesByRank: [String]) {
        guard Set(valuesByRank).count > 1 else { return nil }
        self = .ranksDiffer(field: field, values: RankAgreement.groups(of: valuesByRank))
    }
}
