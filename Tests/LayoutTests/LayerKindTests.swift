import Foundation
import Testing

/// The files that may switch over kinds of layers: what a layer says of itself, the plan, the factory, and the writers of exports.
private let layerSwitches = [
    "Layers/LayerDescription.swift", "Models/ModelDescription.swift", "Models/ModelPlan.swift", "Models/LayerPlan+Layers.swift", "Models/ModelFactory.swift",
    "Exports/ModelWriter.swift", "Exports/ExportedModel+Words.swift", "Exports/Weights/KerasWeights.swift", "Exports/ONNX/ONNXGraph.swift",
    "Exports/Python/PyTorchList.swift", "Exports/Python/KerasLayers.swift", "Exports/Python/NumpyLayers.swift",
    "Exports/Python/SharedLayers.swift",
]
/// The files that may switch over cells: the list of cells, the code that is compiled for each, and what export formats call them.
private let cellSwitches = [
    "Layers/Cells/CellForm.swift", "Layers/Recurrent/CellDispatch.swift", "Layers/Regularization/RegularizedStep.swift", "Exports/CellExport.swift",
]

@Suite("Kinds of layers")
struct LayerKindTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// The names of an enum's cases.
    private static func cases(of name: String, in file: String) throws -> [String] {
        let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
        let declaration = try #require(text.range(of: "enum \(name):"))
        let end = try #require(text.range(of: "\n}", range: declaration.upperBound..<text.endIndex))
        return text[declaration.upperBound..<end.lowerBound].matches(of: /\n    case ([^\n]+)/).flatMap { match in
            match.1.split(separator: ",").map { String($0.prefix { $0 != "(" }).trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The files with a line that begins with a case of one of `names`.
    private static func switches(over names: [String]) throws -> Set<String> {
        let patterns = names.map { "case .\($0)" }
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
        return Set(
            try paths.filter { path in
                let lines = try String(contentsOf: sources.appending(path: path), encoding: .utf8).split(separator: "\n")
                return lines.contains { line in
                    let code = line.drop { $0 == " " }
                    return patterns.contains { code.hasPrefix($0) && !(code.dropFirst($0.count).first?.isLetter ?? false) }
                }
            })
    }

    @Test("a switch over kinds of layers stands in the description, the plan, the factory and the exports' writers only")
    func layers() throws {
        let names = try Self.cases(of: "LayerDescription", in: "Layers/LayerDescription.swift")
        #expect(names.contains("recurrent"))
        #expect(try Self.switches(over: names) == Set(layerSwitches))
    }

    @Test("a switch over cells stands in the list of cells, the dispatch to their code and the exports only")
    func cells() throws {
        let names = try Self.cases(of: "CellKind", in: "Layers/Cells/CellKind.swift")
        #expect(names.contains("lstm") && names.contains("gru"))
        #expect(try Self.switches(over: names) == Set(cellSwitches))
    }
}
