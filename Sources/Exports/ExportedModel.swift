import Checkpoints
import Configuration
import Datasets
import Kernels
package import Network
import Training

/// A trained model as every format takes it: its parameters, what they are of, and what is known of how they came about.
public struct ExportedModel: Sendable {
    /// What a person calls it: the run directory's name.
    let name: String
    let configuration: Configuration
    let shape: NetworkShape
    let use: ModelUse
    /// The flat buffer, laid out as ``ParameterLayout`` says.
    let parameters: [Float]
    let origin: ModelOrigin

    init(
        name: String, configuration: Configuration, shape: NetworkShape, use: ModelUse, parameters: [Float], origin: ModelOrigin
    ) {
        (self.name, self.configuration, self.shape, self.use, self.parameters, self.origin) = (name, configuration, shape, use, parameters, origin)
    }

    /// A network that no run trained: what it is for isn't known.
    /// - Precondition: `parameters` are as many as the shape has.
    package init(name: String, shape: NetworkShape, parameters: [Float]) {
        precondition(parameters.count == ParameterLayout(shape).count)
        self.init(
            name: name, configuration: Configuration(kind: .adding), shape: shape, use: shape.loss == .squaredError ? .numbers : .classes,
            parameters: parameters,
            origin: ModelOrigin(
                step: 0, epoch: 0, weightsSHA256: "", initialWeightsSHA256: nil, precision: .float32, dataDescription: nil, figures: nil, programVersion: ""))
    }

    var layout: ParameterLayout { ParameterLayout(shape) }

    /// The parameter of that name, row by row.
    subscript(name: String) -> ArraySlice<Float> { parameters[layout[name].range] }

    /// The head's bias, which every format has as it is.
    package var headBias: [Float] { Array(self["head.bias"]) }

    /// The flat buffer, whose end is the head's bias.
    package var allParameters: [Float] { parameters }

    /// Whether it speaks at every time step, not at the last only.
    var hasOutputEveryStep: Bool { shape.head == .everyStep }
}

extension NetworkShape.Input {
    /// Of the argument, in every format.
    var name: String {
        switch self {
        case .oneHot, .embedding: "tokens"
        case .vectors: "inputs"
        }
    }

    /// For people, in shapes: "[batch, time]".
    var shapeWords: String {
        switch self {
        case .oneHot, .embedding: "[batch, time]"
        case .vectors(let width): "[batch, time, \(width)]"
        }
    }
}

/// Where a model comes from.
struct ModelOrigin: Sendable {
    let step: Int
    let epoch: Int
    let weightsSHA256: String
    /// Of the weights that training began with, where a file had them.
    let initialWeightsSHA256: String?
    let precision: Precision
    /// "play.txt: 1,115,394 characters, 65 different"; nil where the data aren't there any more.
    let dataDescription: String?
    /// How well it does, as measured for the export; none where the data aren't there.
    let figures: ModelFigures?
    let programVersion: String
}
