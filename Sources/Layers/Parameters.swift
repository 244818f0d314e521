/// A named tensor within the flat buffer of all parameters.
public struct Parameter: Sendable, Equatable {
    /// PyTorch's name: `rnn.weight_ih_l0`.
    public private(set) var name: String
    /// Rows, then columns; one number for a bias.
    public let shape: [Int]
    /// Its first float in the flat buffer.
    public package(set) var offset = 0
    /// Distribution of its initial values.
    package var initial: InitialValues
    /// Elements to which `raises` are added, one after the other, once they are drawn.
    package let raisedRange: Range<Int>
    package let raises: [Float]
    /// Whether training changes it by its own gradient, which otherwise is 0.
    public let isTrained: Bool
    /// Name of the parameter whose values it has at all times; nil for none.
    public let tiedTo: String?
    /// Whether it is of one dimension: a bias, or gains, whatever ``shape`` they have in PyTorch. Weight decay may leave these out.
    public let isVector: Bool

    package init(
        name: String, shape: [Int], initial: InitialValues, raised raisedRange: Range<Int> = 0..<0, by raises: [Float] = [], isTrained: Bool = true,
        tiedTo: String? = nil, isVector: Bool? = nil
    ) {
        self.name = name
        self.shape = shape
        self.initial = initial
        self.raisedRange = raisedRange
        self.raises = raises
        self.isTrained = isTrained && tiedTo == nil
        self.tiedTo = tiedTo
        self.isVector = isVector ?? (shape.count == 1)
    }

    public var count: Int { shape.reduce(1, *) }
    public var range: Range<Int> { offset..<offset + count }

    /// The same with another name.
    package func renamed(_ name: String) -> Parameter {
        var parameter = self
        parameter.name = name
        return parameter
    }
}

/// Distribution of a parameter's initial values.
package enum InitialValues: Sendable, Equatable {
    case zero
    /// Within ± `limit`.
    case uniform(limit: Double)
    /// Mean 0, variance 1.
    case normal
    /// Orthonormal columns, uniformly distributed.
    case orthogonal
    /// Not drawn: the length of each channel of another parameter, `[channels, …]`.
    case lengths(of: String)
}

/// Layout of the flat parameter buffer: names, shapes and gate order (i, f, g, o) are PyTorch's, one after the other without gaps.
///
/// Order: `embedding.weight` if there is an embedding; for each layer `rnn.weight_ih_lK`, `rnn.weight_hh_lK`, `rnn.bias_ih_lK`, `rnn.bias_hh_lK`;
/// `head.weight`, `head.bias`. The gradient and the optimizer's state have the same layout.
public struct ParameterLayout: Sendable, Equatable {
    public let parameters: [Parameter]
    public let count: Int

    /// - Parameter parameters: with their offsets, one behind the other.
    package init(parameters: [Parameter]) {
        self.parameters = parameters
        count = parameters.last?.range.upperBound ?? 0
    }

    /// The parameter of that name, which the layout must have.
    public subscript(name: String) -> Parameter {
        guard let parameter = parameters.first(where: { $0.name == name }) else {
            preconditionFailure("no parameter is named \(name)")
        }
        return parameter
    }
}
