import Batches
import Checkpoints
import Configuration
import Datasets
import Kernels
import Layers
package import Models
import Training

/// A trained model for export: its parameters, shape and use, and its origin.
public struct ExportedModel: Sendable {
    /// Display name: the run directory's name.
    let name: String
    let configuration: Configuration
    let shape: ModelDescription
    let task: any LearningTask
    let use: ExportUse
    /// What the run stores of its data; nil if it stores nothing.
    let stored: StoredText?
    /// The flat buffer, in the order of ``ParameterLayout``. A weight normalisation is folded into the weights: no format needs to know it.
    let parameters: [Float]
    let origin: ModelOrigin
    /// Of a model of series.
    let series: SeriesScaling?

    init(
        name: String, configuration: Configuration, shape: ModelDescription, task: any LearningTask, use: ExportUse, stored: StoredText? = nil,
        parameters: [Float], origin: ModelOrigin, series: SeriesScaling? = nil
    ) {
        (self.task, self.series) = (task, series)
        let given = FloatMemory(count: parameters.count)
        given.view.copy(parameters)
        (self.shape, self.parameters) = shape.folded(given.view)
        (self.name, self.configuration, self.use, self.origin, self.stored) = (name, configuration, use, origin, stored)
    }

    /// A network that isn't from a run, so that its use is unknown.
    /// - Precondition: `parameters` has as many elements as the shape.
    package init(name: String, shape: ModelDescription, parameters: [Float]) {
        precondition(parameters.count == ParameterLayout(shape).count)
        self.init(
            name: name, configuration: .ofUnknownNumbers, shape: shape,
            task: shape.loss.isOfNumbers ? RegressionTask(outputCount: shape.outputs) : ClassificationTask(names: (0..<shape.outputs).map(String.init)),
            use: shape.loss.isOfNumbers ? .numbers : .classes(ClassUse(names: [], vocabulary: nil, reading: TextReading(), scale: [])),
            parameters: parameters,
            origin: ModelOrigin(
                step: 0, epoch: 0, weightsSHA256: "", initialWeightsSHA256: nil, precision: .float32, dataDescription: nil, figures: nil, programVersion: ""))
    }

    /// Python's packages that the export needs in a format, which have the same names as their modules.
    func packages(_ format: ExportFormat) -> [String] { format.packages + (use.vocabulary?.isOfTokenizer == true ? ["tokenizers"] : []) }

    var layout: ParameterLayout { ParameterLayout(shape) }

    /// The parameter with that name, row by row.
    subscript(name: String) -> ArraySlice<Float> { parameters[layout[name].range] }

    /// The head's bias, which is the same in every format.
    package var headBias: [Float] { Array(self["head.bias"]) }

    /// The flat buffer, which ends with the head's bias.
    package var allParameters: [Float] { parameters }

    /// How many recurrent layers there are.
    var layerCount: Int { shape.recurrentLayers.count }

    /// Number of time steps of outputs at every step: "time", or where layers change it "time / 3".
    var outputTimeWords: String { shape.layers.reduce("time") { $1.stepChange.words($0) } }
    /// Whether outputs have another number of time steps than inputs.
    var changesSteps: Bool { shape.layers.contains { $0.stepChange != .none } }

    /// Whether there are outputs at every time step, not only at the last.
    var hasOutputEveryStep: Bool { shape.head == .everyStep }
}

extension Loss {
    /// What makes probabilities of scores.
    var functionName: String { self == .binaryCrossEntropy ? "the sigmoid" : "softmax" }
}

extension ModelDescription.Input {
    /// Name of the argument, in every format.
    var name: String {
        switch self {
        case .oneHot, .embedding: "tokens"
        case .vectors: "inputs"
        }
    }

    /// Dimensions for documentation: "[batch, time]".
    var shapeWords: String {
        switch self {
        case .oneHot, .embedding: "[batch, time]"
        case .vectors(let width): "[batch, time, \(width)]"
        }
    }
}

/// Origin of a model.
struct ModelOrigin: Sendable {
    let step: Int
    let epoch: Int
    let weightsSHA256: String
    /// SHA-256 of the initial weights, if they come from a file.
    let initialWeightsSHA256: String?
    let precision: Precision
    /// "play.txt: 1,115,394 characters, 65 different"; nil if the data are missing.
    let dataDescription: String?
    /// Evaluation made for the export; nil if the data are missing.
    let figures: ModelFigures?
    let programVersion: String
}
