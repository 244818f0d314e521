package import Checkpoints
package import Configuration
package import Datasets
import NumberText
import StrictJSON

/// Meaning of a model's inputs and outputs: a vocabulary, or the columns of a series.
package enum DataMeaning {
    /// Tokens stand for symbols.
    case symbols(Vocabulary)
    /// Inputs and outputs stand for columns of a series.
    case columns(SeriesScaling)

    /// From the vocabulary or statistics of a configuration's data; nil for generated data.
    package init?(_ configuration: Configuration, _ stored: RunData.StoredText?) throws {
        guard let stored else { return nil }
        try self.init(configuration, stored: { $0 == stored.name ? stored.text : nil }, place: "")
    }

    /// From the folder `directory` of a run or an export; nil if it contains neither vocabulary nor statistics.
    package init?(_ configuration: Configuration, in directory: RunDirectory) throws {
        try self.init(configuration, stored: { try directory.readText(named: $0) }, place: directory.path + "/")
    }

    private init?(_ configuration: Configuration, stored: (String) throws -> String?, place: String) throws {
        switch configuration.data.kind {
        case .text, .textWindows:
            guard let text = try stored(RunData.vocabularyName) else { return nil }
            self = .symbols(try Vocabulary(json: Array(text.utf8), file: place + RunData.vocabularyName))
        case .series:
            guard let text = try stored(RunData.statisticsName) else { return nil }
            let statistics = try SeriesStatistics(json: Array(text.utf8), file: place + RunData.statisticsName)
            let data = configuration.data
            self = .columns(
                try SeriesScaling(
                    statistics, columns: data.columns, targets: data.targets, length: data.length, horizon: data.horizon, isRelative: data.relative,
                    file: place + RunData.statisticsName))
        case .embeddedReber, .adding, .temporalOrder: return nil
        }
    }
}

extension DataMeaning {
    /// Describes the first difference from `earlier`, such as "'q' (U+0071) is new"; nil if there is none.
    package func firstDifference(from earlier: DataMeaning) -> String? {
        switch (self, earlier) {
        case (.symbols(let here), .symbols(let there)): here.firstDifference(from: there)
        case (.columns(let here), .columns(let there)): here.firstDifference(from: there) ?? here.statistics.firstDifference(from: there.statistics)
        case (.symbols, .columns): "the model reads symbols here, and columns of a series there"
        case (.columns, .symbols): "the model reads columns of a series here, and symbols there"
        }
    }

    /// Like ``firstDifference(from:)``, but ignores means and deviations, since a series used for further training has its own.
    package func firstDifferenceOfNames(from earlier: DataMeaning) -> String? {
        guard case .columns(let here) = self, case .columns(let there) = earlier else { return firstDifference(from: earlier) }
        return here.firstDifference(from: there)
    }

    /// Whether both are symbols of the same unit.
    package func hasSymbols(like earlier: DataMeaning) -> Bool {
        guard case .symbols(let here) = self, case .symbols(let there) = earlier else { return false }
        return here.unit == there.unit
    }

    /// The first mean or deviation that differs from `earlier`.
    func firstDifferenceOfStatistics(from earlier: DataMeaning) -> String? {
        guard case .columns(let here) = self, case .columns(let there) = earlier else { return nil }
        return here.statistics.firstDifference(from: there.statistics)
    }
}

extension Vocabulary {
    fileprivate func firstDifference(from earlier: Vocabulary) -> String? {
        guard unit == earlier.unit else { return "symbols are \(unit.rawValue)s here, and \(earlier.unit.rawValue)s there" }
        func list(_ symbols: [UInt32]) -> String {
            let names = symbols.prefix(5).map(name).joined(separator: ", ") + (symbols.count > 5 ? " and \(symbols.count - 5) more" : "")
            return names + (symbols.count == 1 ? " is" : " are")
        }
        let new = symbols.filter { earlier.token(of: $0) == nil }
        if !new.isEmpty { return list(new) + " new" }
        let missing = earlier.symbols.filter { token(of: $0) == nil }
        if !missing.isEmpty { return list(missing) + " missing" }
        guard let place = symbols.indices.first(where: { symbols[$0] != earlier.symbols[$0] }) else { return nil }
        return "token \(place) is \(name(of: symbols[place])) here, and \(name(of: earlier.symbols[place])) there"
    }
}

extension SeriesScaling {
    fileprivate var inputNames: [String] { statistics.columns.prefix(inputCount).map(\.name) }

    fileprivate func firstDifference(from earlier: SeriesScaling) -> String? {
        Self.firstDifference(of: inputNames, from: earlier.inputNames, what: "column")
            ?? Self.firstDifference(of: targetNames, from: earlier.targetNames, what: "predicted column")
            ?? (horizon == earlier.horizon ? nil : "data.horizon is \(horizon) here, and \(earlier.horizon) there")
            ?? (isRelative == earlier.isRelative ? nil : "data.relative is \(isRelative) here, and \(earlier.isRelative) there")
    }

    private static func firstDifference(of names: [String], from earlier: [String], what: String) -> String? {
        guard names != earlier else { return nil }
        func shown(_ names: [String], _ place: Int) -> String { names.indices.contains(place) ? "'\(JSONValue.printable(names[place]))'" : "none" }
        let place = (0..<max(names.count, earlier.count)).first { shown(names, $0) != shown(earlier, $0) } ?? 0
        return "\(what) \(place + 1) is \(shown(names, place)) here, and \(shown(earlier, place)) there"
    }
}

extension SeriesStatistics {
    fileprivate func firstDifference(from earlier: SeriesStatistics) -> String? {
        for (here, there) in zip(columns, earlier.columns) where here != there {
            let name = JSONValue.printable(here.name)
            return "'\(name)' has mean \(figure(here.mean)) and deviation \(figure(here.deviation)) here, "
                + "\(figure(there.mean)) and \(figure(there.deviation)) there"
        }
        return nil
    }
}
