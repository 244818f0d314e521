import Layers
import Models
import Testing

/// A figure of `Tests/Fixtures/make_regularization_figures.py`.
private struct RegularizationFigure: StoredFigure {
    static let folder = "regularization"

    struct Layer: Decodable {
        let type: String
        let hidden: Int
        var reset: String?
        var weightDrop, recurrentDropout, candidateDropout, zoneout, zoneoutCell, activationL2, temporalL2: Double?
    }

    let seed: UInt64
    /// Nil for evaluation.
    let step: Int?
    let layers: [Layer]
    let inputWidth: Int
    /// `[sequence][time][feature]`.
    let inputs: [[[Double]]]
    let classes: [Int32]
    let loss: Double
    /// `[sequence][outputs]`.
    let outputs: [[Double]]
    let parameters: [String: [Double]]
    let gradients: [String: [Double]]

    var purpose: Purpose { step.map { .training(seed: seed, step: $0) } ?? .inference }

    func layerDescriptions() throws -> [LayerDescription] {
        try layers.map { layer in
            var description = RecurrentDescription(cell: try #require(CellKind(rawValue: layer.type)), hidden: layer.hidden)
            if let reset = layer.reset { description.reset = try #require(ResetPlace(rawValue: reset)) }
            description.regularization.weightDrop = layer.weightDrop ?? 0
            description.regularization.recurrentDropout = layer.recurrentDropout ?? 0
            description.regularization.candidateDropout = layer.candidateDropout ?? 0
            description.regularization.zoneout = layer.zoneout ?? 0
            description.regularization.zoneoutCell = layer.zoneoutCell ?? 0
            description.regularization.activationL2 = layer.activationL2 ?? 0
            description.regularization.temporalL2 = layer.temporalL2 ?? 0
            return LayerDescription.recurrent(description)
        }
    }
}

@Suite("Regularised recurrent layers against PyTorch")
struct RegularizationFigureTests {
    @Test("loss, outputs and every gradient are the stored figure's, with the figure's own masks", arguments: ["lstm", "gru", "evaluation"], GateMode.allCases)
    func matches(name: String, gates: GateMode) throws {
        try RegularizationFigure.load(name).expectSame(gates: gates)
    }
}
