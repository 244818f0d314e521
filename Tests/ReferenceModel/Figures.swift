import Foundation

/// One figure: a small network and batch with everything that another framework computed for it in float64, stored as JSON in `Tests/Fixtures`.
///
/// Parameters, inputs, targets and initial states are numbers that Float can hold, so that a Float network starts from the very same.
public struct Figures: Sendable, Decodable {
    /// What is computed, in a sentence.
    public let about: String
    /// Who computed it: framework and version.
    public let madeWith: String
    /// A ``ReferenceModel/Cell``; `lstm` where it is missing.
    let cell: String?
    /// 0 where it is missing.
    public let labelSmoothing: Double?
    /// `oneHot`, `embedding` or `vectors`.
    let inputLayer: String
    /// Tokens that can be read; nil for vectors.
    public let vocabulary: Int?
    /// Numbers that the first recurrent layer reads at a step.
    public let inputWidth: Int
    public let hidden: Int, layers: Int, outputCount: Int
    /// Every parameter's shape by name; the arrays below are flat, row after row.
    public let shapes: [String: [Int]]
    public let parameters: [String: [Double]]

    let inputTokens: [[Int]]?
    let inputVectors: [[[Double]]]?
    let targetTokens: [[Int]]?
    let targetClasses: [Int]?
    let targetVectors: [[Double]]?
    let initialHidden: [[[Double]]]?
    let initialCell: [[[Double]]]?

    public let loss: Double
    /// `[sequence][row][outputs]`, as ``ReferenceModel/Evaluation/outputs``.
    public let outputs: [[[Double]]]
    /// What the last layer gives the head, `[sequence][time][hidden]`.
    public let lastLayerHidden: [[[Double]]]
    let finalHidden: [[[Double]]]
    let finalCell: [[[Double]]]?
    public let gradients: [String: [Double]]
    /// Training on this batch, if the figure has it.
    public let adam: Adam?

    /// Steps of global norm clipping and Adam on the figure's one batch, from its parameters.
    public struct Adam: Sendable, Decodable {
        public let learningRate: Double, beta1: Double, beta2: Double, epsilon: Double
        /// Gradients are scaled by min(1, `maximumNorm` / (norm + 1e-6)).
        public let maximumNorm: Double
        public let stepCount: Int
        /// Loss and unclipped norm before each update, `[step]`.
        public let losses: [Double], norms: [Double]
        /// Every parameter after the last update.
        public let parameters: [String: [Double]]
    }
}

extension Figures {
    /// The figure stored in `Tests/Fixtures/NAME.json`.
    /// - Throws: ``FiguresError`` if there is no such file, or it isn't a figure.
    public static func load(_ name: String) throws(FiguresError) -> Figures {
        let file = folder.appending(path: "\(name).json")
        do {
            return try JSONDecoder().decode(Figures.self, from: Data(contentsOf: file))
        } catch {
            throw FiguresError.unreadable(path: file.path, reason: String(describing: error))
        }
    }

    /// The names of all figures, sorted.
    /// - Throws: ``FiguresError`` if the folder can't be read.
    public static func names() throws(FiguresError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "json" }
                .map { $0.deletingPathExtension().lastPathComponent }
                .sorted()
        } catch {
            throw FiguresError.unreadable(path: folder.path, reason: String(describing: error))
        }
    }

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    }
}

extension Figures {
    /// The reference model with the figure's sizes and parameters.
    /// - Throws: ``FiguresError`` if the figure doesn't describe one.
    public func model() throws(FiguresError) -> ReferenceModel {
        let layer: ReferenceModel.InputLayer
        switch (inputLayer, vocabulary) {
        case ("oneHot", let vocabulary?): layer = .oneHot(vocabulary: vocabulary)
        case ("embedding", let vocabulary?): layer = .embedding(vocabulary: vocabulary, width: inputWidth)
        case ("vectors", nil): layer = .vectors(width: inputWidth)
        default: throw .inconsistent(about: about, fault: "inputLayer '\(inputLayer)' and vocabulary \(vocabulary.map(String.init) ?? "null") don't go together")
        }
        guard let cell = ReferenceModel.Cell(rawValue: cell ?? "lstm") else { throw .inconsistent(about: about, fault: "no cell is called '\(cell ?? "")'") }
        do {
            var model = try ReferenceModel(cell: cell, inputLayer: layer, hidden: hidden, layers: layers, outputs: outputCount, parameters: parameters)
            model.labelSmoothing = labelSmoothing ?? 0
            return model
        } catch {
            throw .inconsistent(about: about, fault: error.description)
        }
    }

    /// - Throws: ``FiguresError`` unless the figure has just one kind of input.
    public func input() throws(FiguresError) -> ReferenceModel.Input {
        switch (inputTokens, inputVectors) {
        case (let tokens?, nil): return .tokens(tokens)
        case (nil, let vectors?): return .vectors(vectors)
        default: throw .inconsistent(about: about, fault: "it needs inputTokens or inputVectors, and not both")
        }
    }

    /// - Throws: ``FiguresError`` unless the figure has just one kind of target.
    public func target() throws(FiguresError) -> ReferenceModel.Target {
        switch (targetTokens, targetClasses, targetVectors) {
        case (let tokens?, nil, nil): return .tokenEveryStep(tokens)
        case (nil, let classes?, nil): return .classAtEnd(classes)
        case (nil, nil, let vectors?): return .vectorAtEnd(vectors)
        default: throw .inconsistent(about: about, fault: "it needs one of targetTokens, targetClasses and targetVectors")
        }
    }

    /// Where the states start; nil for zero.
    /// - Throws: ``FiguresError`` if the figure has one of the two states only.
    public func initialStates() throws(FiguresError) -> ReferenceModel.States? {
        switch (initialHidden, initialCell) {
        case (nil, nil): return nil
        case (let h?, let c?): return ReferenceModel.States(h: h, c: c)
        case (let h?, nil) where cell.flatMap(ReferenceModel.Cell.init(rawValue:))?.hasCellState == false: return ReferenceModel.States(h: h, c: h.map { $0.map { _ in [] } })
        default: throw .inconsistent(about: about, fault: "it needs both initialHidden and initialCell, or neither")
        }
    }

    /// States after each sequence's own last step.
    public var finalStates: ReferenceModel.States {
        ReferenceModel.States(h: finalHidden, c: finalCell ?? finalHidden.map { $0.map { _ in [] } })
    }
}

/// Why a stored figure can't be used.
public enum FiguresError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case inconsistent(about: String, fault: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "figure \(path) can't be read: \(reason). Make it anew with Tests/Fixtures/make_figures.py."
        case .inconsistent(let about, let fault): "figure '\(about)': \(fault). Make it anew with Tests/Fixtures/make_figures.py."
        }
    }
}
