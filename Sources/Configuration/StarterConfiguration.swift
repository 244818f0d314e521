import Datasets
import Foundation
public import StrictJSON

/// A small starter configuration: the keys that a task needs, with values that are known to learn.
public struct StarterConfiguration: Sendable {
    public let kind: Configuration.DataKind
    public let json: JSONValue
    /// Points to check before training; empty if the configuration can be used unchanged.
    public let advice: [String]
    /// Notes for the user on the data, in sentences without a full stop.
    public let notes: [String]

    /// - Parameters:
    ///   - files: paths of the data as written in the configuration; empty for a placeholder.
    ///   - paths: current paths of those files.
    /// - Throws: ``DatasetError`` if a file can't be read, has the wrong contents, or is too short.
    public init(_ kind: Configuration.DataKind, files: [String], paths: [String]) throws {
        self.kind = kind
        var data: [JSONMember] = [Self.member("kind", .text(kind.rawValue))]
        var advice: [String] = []
        let sequences = kind == .sequences ? try paths.first.map { try StarterSequences(ofFiles: paths, written: files.first ?? $0) } ?? StarterSequences() : nil
        let series = kind == .series ? (paths.isEmpty ? StarterSeries() : try StarterSeries(ofFiles: paths)) : nil
        if !kind.isGenerated {
            let placeholder = Configuration.DataKind.fromTexts.contains(kind) ? "text.txt" : "\(kind.rawValue).csv"
            if files.isEmpty { advice.append("data.files: put the name of your own file in the place of \(placeholder).") }
            data.append(Self.member("files", files.count > 1 ? .list(files.map(JSONValue.text)) : .text(files.first ?? placeholder)))
        }
        let text = try Self.text(kind, paths: paths)
        switch kind {
        case .text: data.append(Self.member("length", .integer(text?.length ?? 50)))
        case .textWindows: data += [Self.member("length", .integer(text?.length ?? 40)), Self.member("stride", .integer(text?.stride ?? 3))]
        case .series:
            data += series?.data ?? []
            advice += series?.advice ?? []
        case .sequences:
            data += sequences?.data ?? []
            advice += sequences?.advice ?? []
        case .embeddedReber: break
        case .adding, .temporalOrder: data.append(Self.member("length", .integer(100)))
        }
        json = JSONValue(.object([Self.member("data", JSONValue(.object(data)))] + Self.rest(kind, text: text, series: series, sequences: sequences)))
        self.advice = advice
        notes = series?.notes ?? sequences?.notes ?? []
    }

    /// Sizes for the text at `paths`; nil for other kinds, and without a file.
    private static func text(_ kind: Configuration.DataKind, paths: [String]) throws(DatasetError) -> StarterText? {
        guard Configuration.DataKind.fromTexts.contains(kind), !paths.isEmpty else { return nil }
        let text = try EncodedText(TextOptions(files: paths, split: SplitFractions()))
        let name = paths.joined(separator: ", ")
        return kind == .text ? try StarterText(streamsOf: text.count, path: name) : try StarterText(windowsOf: text.count, path: name)
    }

    private static func member(_ key: String, _ value: JSONValue) -> JSONMember { JSONMember(key: key, value: value) }

    /// Model, training and optimizer settings: those of the configurations whose results the manual shows.
    private static func rest(_ kind: Configuration.DataKind, text: StarterText?, series: StarterSeries?, sequences: StarterSequences?) -> [JSONMember] {
        func section(_ name: String, _ members: KeyValuePairs<String, JSONValue>) -> JSONMember { member(name, .object(members)) }
        switch kind {
        case .text:
            return [
                section("model", ["hidden": .integer(128), "layers": .integer(2)]),
                section("training", ["batch": .integer(text?.batch ?? 50), "epochs": .integer(text?.epochs ?? 10), "clipNorm": .integer(5)]),
                section("optimizer", ["learningRate": .real(text?.learningRate ?? 0.002)]),
            ]
        case .textWindows:
            return [
                section("model", ["hidden": .integer(128), "initialization": .text("keras")]),
                section("training", ["batch": .integer(text?.batch ?? 128), "epochs": .integer(text?.epochs ?? 10)]),
                section("optimizer", ["learningRate": .real(text?.learningRate ?? 0.001)]),
            ]
        case .series:
            return [
                section("model", ["hidden": .integer(series?.hidden ?? 128)]),
                section("training", ["batch": .integer(series?.batch ?? 32), "epochs": .integer(series?.epochs ?? 6), "clipNorm": .integer(5)]),
                section("optimizer", ["learningRate": .real(0.001)]),
            ]
        case .sequences where sequences?.layers.isEmpty == false:
            return [
                section("model", ["layers": .list(sequences?.layers ?? [])]),
                section("training", ["batch": .integer(sequences?.batch ?? 16), "epochs": .integer(sequences?.epochs ?? 40), "clipNorm": .integer(5)]),
                section("optimizer", ["learningRate": .real(0.003)]),
            ]
        case .sequences where sequences?.isOfTranscripts == true:
            return [
                section("model", ["hidden": .integer(128), "layers": .integer(2), "bidirectional": .bool(true)]),
                section("training", ["batch": .integer(sequences?.batch ?? 16), "epochs": .integer(sequences?.epochs ?? 40), "clipNorm": .integer(5)]),
                section("optimizer", ["learningRate": .real(0.002)]),
            ]
        case .sequences:
            return [
                // Keras's, which has an LSTM's forget bias and goes with every cell.
                member(
                    "model",
                    JSONValue(.object(
                        [member("hidden", .integer(64))] + (sequences.map { $0.embedding > 0 ? [member("embedding", .integer($0.embedding))] : [] } ?? [])
                            + [member("initialization", .text("keras"))]))),
                section("training", ["batch": .integer(sequences?.batch ?? 32), "epochs": .integer(sequences?.epochs ?? 20), "clipNorm": .integer(5)]),
                section("optimizer", ["learningRate": .real(0.005)]),
            ]
        case .embeddedReber:
            return [
                section("model", ["hidden": .integer(24)]), section("training", ["batch": .integer(8), "epochs": .integer(2)]),
                section("optimizer", ["learningRate": .real(0.03), "schedule": .text("step"), "decayFactor": .real(0.2)]),
            ]
        case .adding:
            return [
                section("model", ["hidden": .integer(64), "initialization": .text("keras"), "forgetBias": .integer(5)]),
                section("training", ["batch": .integer(50), "epochs": .integer(8), "clipNorm": .integer(1)]),
                section(
                    "optimizer",
                    ["learningRate": .real(0.004), "schedule": .text("step"), "decayFactor": .real(0.4), "decayAfterEpochs": .integer(2)]),
            ]
        case .temporalOrder:
            return [
                section("model", ["hidden": .integer(32), "initialization": .text("keras"), "forgetBias": .integer(4)]),
                section("training", ["batch": .integer(32), "epochs": .integer(5), "clipNorm": .integer(1)]),
                section("optimizer", ["learningRate": .real(0.003)]),
            ]
        }
    }

    /// The kind of data in files with these names, as far as names say it; nil if they don't.
    public static func kindOfNames(_ files: [String]) -> Configuration.DataKind? {
        guard var name = files.first?.lowercased() else { return nil }
        if name.hasSuffix(".gz") { name.removeLast(3) }
        return [".csv", ".tsv"].contains(where: name.hasSuffix) ? .series : nil
    }

    /// The kind of data in the files at these paths.
    /// - Throws: ``DatasetError`` if a table can't be read.
    public static func kind(ofFiles paths: [String]) throws -> Configuration.DataKind {
        if try RecordingSurvey(ofFiles: paths) != nil { return .sequences }
        if let path = paths.first, try TableSurvey.isOfOtherForm(path) { return .series }
        if let path = paths.first, try SequenceFileSurvey(ofFile: path) != nil { return .sequences }
        guard let kind = kindOfNames(paths) else { return .text }
        return try SequenceSurvey(ofFile: paths[0], isCertain: false) == nil ? kind : .sequences
    }

    /// Whether a file with these bytes is a configuration: a JSON object that names its kind of data.
    public static func isConfiguration(_ bytes: [UInt8]) -> Bool {
        (try? JSONValue.parse(bytes))?["data"]?["kind"]?.stringValue.map { Configuration.DataKind(rawValue: $0) != nil } ?? false
    }

    /// One line per section, as in a hand-written file.
    public var text: String {
        let sections = (json.objectValue ?? []).map { section in
            let members = (section.value.objectValue ?? []).map { "\(JSONValue.text($0.key).serialized()): \(Self.spaced($0.value))" }
            return "  \(JSONValue.text(section.key).serialized()): {\(members.joined(separator: ", "))}"
        }
        return "{\n" + sections.joined(separator: ",\n") + "\n}\n"
    }

    private static func spaced(_ value: JSONValue) -> String {
        value.arrayValue.map { "[" + $0.map { $0.serialized() }.joined(separator: ", ") + "]" } ?? value.serialized()
    }
}
