package import Configuration
import StrictJSON

/// Whether a key may have another value in a run that starts from the checkpoint of an earlier one (`--resume PATH`).
enum ResumeRule {
    /// It may: it decides how training goes on.
    case free
    /// It may where an epoch ends: it decides in what pieces, or in what order, the same data are read.
    case atEpochEnd
    /// It may not: the weights would be of another model, or of other data.
    case fixed

    private static let firstWeightsKeys: Set<String> = ["model.initialization", "model.forgetBias", "model.newSymbols"]
    /// The state of one is none of another's.
    static let algorithmKey = "optimizer.algorithm"
    private static let pieceKeys: Set<String> = ["data.length", "data.stride", "training.seed"]

    init(of key: String, kind: Configuration.DataKind) {
        if key == "training.batch" {
            self = .atEpochEnd
        } else if key == "training.seed", kind == .text {
            // Streams are read in the order of the text.
            self = .free
        } else if Self.pieceKeys.contains(key) {
            // A generated kind makes other sequences with another seed or length.
            self = kind.isGenerated ? .fixed : .atEpochEnd
        } else if key == Self.algorithmKey {
            self = .fixed
        } else if key.hasPrefix("data.") || key.hasPrefix("model.") {
            self = Self.firstWeightsKeys.contains(key) ? .free : .fixed
        } else {
            self = .free
        }
    }
}

/// The keys that decide a result and have other values than in an earlier run.
package struct ResumeDifferences {
    /// In the order of the table.
    package let all: [ConfigurationDifference]
    /// How a table's file is read, which may change as long as the same numbers come of it.
    package let ofReading: [ConfigurationDifference]
    private let kind: Configuration.DataKind
    /// Keys that decide which buffers the optimizer has: it has other ones with the earlier value.
    private let optimizerStateKeys: Set<String>

    package init(_ configuration: Configuration, from earlier: Configuration) {
        kind = configuration.data.kind
        let kinds = [kind, earlier.data.kind]
        let ofNeither = Set(ConfigurationKey.table.filter { key in !kinds.contains { key.kinds.contains($0) } }.map(\.dottedName))
        let found = configuration.differences(from: earlier).filter { $0.effect == .result && !ofNeither.contains($0.key) }
        all = found.filter { !Configuration.pathKeys.contains($0.key) }
        optimizerStateKeys = Set(found.filter { configuration.restoring([$0]).optimizer.stateNames != configuration.optimizer.stateNames }.map(\.key))
        ofReading = found.filter { Configuration.readingKeys.contains($0.key) }
    }

    package var fixed: [ConfigurationDifference] { ofRule(.fixed) }
    package var atEpochEnd: [ConfigurationDifference] { ofRule(.atEpochEnd) }

    /// "training.batch: 16, not 8", and where the key can't be changed so, why.
    package var lines: [String] {
        all.map { difference in
            switch rule(of: difference) {
            case .free: difference.description
            case .atEpochEnd: difference.description + " (may change at an epoch's end)"
            case .fixed: difference.description + " (may not change on a resume)"
            }
        }
    }

    /// Whether the optimizer's state is all that keeps the run from being resumed.
    package var areOfOptimizerState: Bool {
        !fixed.isEmpty && fixed.allSatisfy { optimizerStateKeys.contains($0.key) || $0.key == ResumeRule.algorithmKey } && atEpochEnd.isEmpty
    }

    private func ofRule(_ rule: ResumeRule) -> [ConfigurationDifference] { all.filter { self.rule(of: $0) == rule } }

    private func rule(of difference: ConfigurationDifference) -> ResumeRule {
        optimizerStateKeys.contains(difference.key) ? .fixed : ResumeRule(of: difference.key, kind: kind)
    }
}

extension Configuration {
    /// The same with the values that `differences` have on the other side.
    package func restoring(_ differences: [ConfigurationDifference]) -> Configuration {
        var earlier = self
        for difference in differences {
            _ = ConfigurationKey.table.first { $0.dottedName == difference.key }?.field.write(difference.theirs, into: &earlier)
        }
        return earlier
    }
}
