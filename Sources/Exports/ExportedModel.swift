import Checkpoints
import Datasets
import Kernels
import Network
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

    var layout: ParameterLayout { ParameterLayout(shape) }

    /// The parameter of that name, row by row.
    subscript(name: String) -> ArraySlice<Float> { parameters[layout[name].range] }

    /// Whether it speaks at every time step, not at the last only.
    var speaksEveryStep: Bool { shape.head == .everyStep }

    /// What the model reads at a time step.
    var input: ModelInput {
        switch shape.input {
        case .oneHot(let count): .oneHot(count)
        case .embedding(let count, let width): .embedding(count, width: width)
        case .vectors(let width): .vectors(width)
        }
    }
}

/// What a model reads at a time step, and by which name.
enum ModelInput {
    case oneHot(Int)
    case embedding(Int, width: Int)
    case vectors(Int)

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
    let precision: Precision
    /// "play.txt: 1,115,394 characters, 65 different"; nil where the data aren't there any more.
    let dataDescription: String?
    /// How well it does, as measured for the export; none where the data aren't there.
    let figures: ModelFigures?
    let programVersion: String
}
