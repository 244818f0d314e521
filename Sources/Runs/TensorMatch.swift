import Files
import Layers
import Models
import StrictJSON

/// Matches each parameter of a model with a tensor of a file.
///
/// By name; otherwise, for a module with other names: the only recurrent layers by their prefix ("lstm.", or none for a bare `nn.LSTM`), and head and
/// embedding by their shapes, if exactly one tensor fits each. The head has a bias next to its weight, the embedding has none.
struct TensorMatch {
    private let layout: ParameterLayout
    private let byName: [String: TensorEntry]
    private static let rnnPrefix = "rnn."
    private static let headPrefix = "head."
    private static let embeddingName = "embedding.weight"

    init(layout: ParameterLayout, entries: [TensorEntry]) {
        self.layout = layout
        byName = Dictionary(entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A tensor for each parameter, in the layout's order.
    /// - Throws: all mismatches.
    func entries() throws(TensorMatchError) -> [TensorEntry] {
        let names = try sourceNames()
        var faults: [String] = []
        var found: [TensorEntry] = []
        for (parameter, name) in zip(layout.parameters, names) {
            guard let entry = byName[name] else {
                faults.append("'\(shown(name))' \(parameter.shape) is missing")
                continue
            }
            found.append(entry)
            if entry.shape.dimensions != parameter.shape { faults.append("'\(shown(name))' is \(entry.shape.dimensions), not \(parameter.shape)") }
            if entry.type != .float32 { faults.append("'\(shown(name))' is \(entry.type.rawValue); save it as F32, from model.float().state_dict()") }
        }
        let surplus = Set(byName.keys).subtracting(names).sorted()
        faults += surplus.map { "'\(shown($0))' is not a tensor of this model" + (Self.hint(on: $0) ?? "") }
        guard faults.isEmpty else { throw TensorMatchError(faults: faults) }
        return found
    }

    // MARK: Names

    /// The file's name for each parameter, even if the file doesn't have it.
    private func sourceNames() throws(TensorMatchError) -> [String] {
        let prefix = try recurrentPrefix()
        let head = try headPrefix()
        let embedding = try embeddingName(headPrefix: head)
        return layout.parameters.map { parameter in
            if parameter.name.hasPrefix(Self.rnnPrefix) { return prefix + parameter.name.dropFirst(Self.rnnPrefix.count) }
            if parameter.name.hasPrefix(Self.headPrefix) { return head + parameter.name.dropFirst(Self.headPrefix.count) }
            // Other layers, an encoder of characters and a CRF have the names of this program's models.
            return parameter.name == Self.embeddingName ? embedding : parameter.name
        }
    }

    private func recurrentPrefix() throws(TensorMatchError) -> String {
        let first = "weight_ih_l0"
        let prefixes = byName.keys.filter { $0.hasSuffix(first) }.map { String($0.dropLast(first.count)) }
        if prefixes.contains(Self.rnnPrefix) || prefixes.isEmpty { return Self.rnnPrefix }
        return try onlyOne(of: prefixes, for: "the recurrent layers", "rnn.weight_ih_l0") { "'\(shown($0 + first))'" }
    }

    private func headPrefix() throws(TensorMatchError) -> String {
        let usual = Self.headPrefix
        if byName[usual + "weight"] != nil || byName[usual + "bias"] != nil { return usual }
        let (weight, bias) = (layout[usual + "weight"].shape, layout[usual + "bias"].shape)
        let prefixes = matrixNames(shape: weight).map { String($0.dropLast("weight".count)) }.filter {
            byName[$0 + "bias"]?.shape.dimensions == bias
        }
        return prefixes.isEmpty ? usual : try onlyOne(of: prefixes, for: "the head", usual + "weight") { "'\(shown($0 + "weight"))'" }
    }

    private func embeddingName(headPrefix: String) throws(TensorMatchError) -> String {
        let usual = Self.embeddingName
        guard byName[usual] == nil, let wanted = layout.parameters.first(where: { $0.name == usual }) else { return usual }
        let names = matrixNames(shape: wanted.shape).filter { $0 != headPrefix + "weight" && byName[$0.dropLast("weight".count) + "bias"] == nil }
        return names.isEmpty ? usual : try onlyOne(of: names, for: "the embedding", usual) { "'\(shown($0))'" }
    }

    /// Names of matrices of `shape` whose name is that of a weight.
    private func matrixNames(shape: [Int]) -> [String] {
        byName.values.filter { $0.shape.dimensions == shape && ($0.name == "weight" || $0.name.hasSuffix(".weight")) }.map(\.name)
    }

    private func onlyOne(
        of candidates: [String], for part: String, _ usual: String, _ shown: (String) -> String
    ) throws(TensorMatchError) -> String {
        if candidates.count == 1 { return candidates[0] }
        let names = candidates.sorted().map(shown).joined(separator: ", ")
        throw TensorMatchError(faults: ["\(part) could be each of \(names); call the right one '\(usual)'"])
    }

    private func shown(_ name: String) -> String { JSONValue.printable(name) }

    private static func hint(on name: String) -> String? {
        if name.hasSuffix("_reverse") { return ", which reads forward only" }
        return name.contains("weight_hr_l") ? ", which has no projections" : nil
    }
}

/// All mismatches between a file and a model's weights.
struct TensorMatchError: Error, CustomStringConvertible {
    let faults: [String]
    private static let shownCount = 8

    var description: String {
        let more = faults.count > Self.shownCount ? "; and \(faults.count - Self.shownCount) more" : ""
        return "doesn't hold this model's weights: " + faults.prefix(Self.shownCount).joined(separator: "; ") + more
            + ". Compare the file with model.cell, model.hidden, model.layers, model.embedding and the data's symbols or columns."
    }
}
