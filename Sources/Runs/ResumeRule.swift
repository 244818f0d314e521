package import Configuration
import StrictJSON

/// Whether a key may be changed when a run starts from an earlier one's checkpoint (`--resume PATH`).
enum ResumeRule {
    /// May be changed: it affects only how training continues.
    case free
    /// May be changed at an epoch's end: it affects how the same data are divided into batches, or their order.
    case atEpochEnd
    /// Can't be changed: the weights would belong to another model, or to other data.
    case fixed

    private static let firstWeightsKeys: Set<String> = ["model.initialization", "model.initialRange", "model.forgetBias", "model.newSymbols"]
    /// The state of one is none of another's.
    static let algorithmKey = "optimizer.algorithm"
    private static let pieceKeys: Set<String> = ["data.length", "data.randomLength", "data.stride", "training.seed"]

    init(of key: String, seedEffect: SeedEffect) {
        if key == "training.batch" {
            self = .atEpochEnd
        } else if key == "training.seed", seedEffect == .none {
            self = .free
        } else if Self.pieceKeys.contains(key) {
            // Generated data are other sequences with another seed or length.
            self = seedEffect == .contents ? .fixed : .atEpochEnd
        } else if key == Self.algorithmKey {
            self = .fixed
        } else if key.hasPrefix("data.") || key.hasPrefix("model.") {
            self = Self.firstWeightsKeys.contains(key) ? .free : .fixed
        } else {
            self = .free
        }
    }
}

/// Keys that affect the result and differ from the earlier run's.
package struct ResumeDifferences {
    /// In the order of the table.
    package let all: [ConfigurationDifference]
    /// Options for reading a table's file, which may differ as long as the resulting numbers are the same.
    package let ofReading: [ConfigurationDifference]
    private let seedEffect: SeedEffect
    /// Keys that decide which buffers the optimizer has: it has other ones with the earlier value.
    private let optimizerStateKeys: Set<String>

    package init(_ configuration: Configuration, from earlier: Configuration) {
        seedEffect = configuration.source.seedEffect
        let ofNeither = Set(ConfigurationKey.table.filter { key in ![configuration, earlier].contains(where: key.isKnown) }.map(\.dottedName))
        let found = configuration.differences(from: earlier).filter { $0.effect == .result && !ofNeither.contains($0.key) }
        all = found.filter { !Configuration.pathKeys.contains($0.key) }
        optimizerStateKeys = Set(found.filter { configuration.restoring([$0]).optimizerStateNames != configuration.optimizerStateNames }.map(\.key))
        ofReading = found.filter { Configuration.readingKeys.contains($0.key) }
    }

    package var fixed: [ConfigurationDifference] { ofRule(.fixed) }
    package var atEpochEnd: [ConfigurationDifference] { ofRule(.atEpochEnd) }

    /// "training.batch: 16, not 8", with the reason if the key can't be changed in this way.
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
        optimizerStateKeys.contains(difference.key) ? .fixed : ResumeRule(of: difference.key, seedEffect: seedEffect)
    }
}

extension Configuration {
    /// The same configuration with the other side's values of `differences`.
    package func restoring(_ differences: [ConfigurationDifference]) -> Configuration {
        var earlier = self
        for difference in differences {
            _ = ConfigurationKey.table.first { $0.dottedName == difference.key }?.field.write(difference.theirs, into: &earlier)
        }
        return earlier
    }
}
