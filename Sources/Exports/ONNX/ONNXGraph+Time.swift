import Layers
import Models
import ProtocolBuffers

// Layers over time. `below` is [time, batch, width]; what is past a sequence's own end in it is of no meaning, and no layer reads it.
extension ONNXGraph {
    // MARK: Time steps

    /// How many time steps `rows` [time, …] has.
    mutating func timeCount(_ rows: String) -> String { value("Gather", [value("Shape", [rows]), integer(0)]) }

    /// 0, 1, …, count - 1.
    mutating func range(_ count: String) -> String { value("Range", [integer(0), count, integer(1)]) }

    /// Which time steps of `below` are a sequence's own, [time, batch, 1].
    private mutating func ownSteps() -> String {
        let count = timeCount(below)
        let steps = value("Unsqueeze", [range(count), integers([1])])
        let isOwn = value("Less", [steps, value("Unsqueeze", [stepCounts(), integers([0])])])
        return value("Unsqueeze", [isOwn, integers([2])])
    }

    /// `below` with 0, or another number, past each sequence's end.
    private mutating func ownRows(otherwise number: Float = 0) -> String {
        let (isOwn, other) = (ownSteps(), real(number))
        return value("Where", [isOwn, below, other])
    }

    private mutating func changeLengths(by change: StepChange) {
        switch change {
        case .none: break
        case .toOne: changeLengths(to: value("Min", [stepCounts(), integer(1)]))
        case .every(let stride): changeLengths(to: value("Div", [value("Add", [stepCounts(), integer(stride - 1)]), integer(stride)]))
        case .windows(let extent, let stride):
            let rest = value("Max", [value("Sub", [stepCounts(), integer(extent)]), integer(0)])
            changeLengths(to: value("Add", [value("Div", [rest, integer(stride)]), integer(1)]))
        }
    }

    // MARK: Convolutions

    mutating func addConvolution(_ layer: ExportedLayer, _ description: ConvolutionDescription) {
        let (extent, stride) = (description.extent, description.stride)
        let rows: String
        var padding = [0, 0]
        if let index = layer.stateIndex {
            rows = preceded(states.groups[index][0], count: extent - 1, width: layer.plan.inputWidth)
        } else if description.padding == .same, stride > 1 {
            rows = shiftedRows(description)
        } else {
            rows = ownRows()
            // With no padding a sequence that is shorter gives one step; steps that are too many are past the end.
            switch description.padding {
            case .same: padding = [(extent - 1) / 2, extent - 1 - (extent - 1) / 2]
            case .causal: padding = [extent - 1, 0]
            case .valid: padding = [0, extent - 1]
            }
        }
        below = convolve(layer, 0, rows, description, padding: padding)
        activate(description.activation)
        changeLengths(by: description.stepChange)
    }

    /// A convolution of `rows` [time, batch, width] with the layer's parameters from `place` on. - Returns: the name of [time, batch, channels].
    private mutating func convolve(_ layer: ExportedLayer, _ place: Int, _ rows: String, _ description: ConvolutionDescription, padding: [Int] = [0, 0]) -> String {
        for place in place...place + 1 { addParameter(layer, place) }
        let columns = value("Transpose", [rows], .integers("perm", [1, 2, 0]))
        let sums = value(
            "Conv", [columns, layer.plan.parameters[place].name, layer.plan.parameters[place + 1].name], .integers("kernel_shape", [description.width]),
            .integers("strides", [description.stride]), .integers("dilations", [description.dilation]), .integers("pads", padding),
            .integer("group", description.groups))
        return value("Transpose", [sums], .integers("perm", [2, 0, 1]))
    }

    mutating func addParameter(_ layer: ExportedLayer, _ place: Int) {
        let parameter = layer.plan.parameters[place]
        addConstant(parameter.name, layer.values(place), parameter.shape)
    }

    private mutating func activate(_ activation: DenseActivation) {
        if let operation = activation.onnxOperator { below = value(operation, [below]) }
    }

    /// `below`, with 0 past each sequence's end, behind the steps that the state `part` holds; the state at the end are the last so many of both.
    private mutating func preceded(_ part: ExportedStates.Part, count: Int, width: Int) -> String {
        let before = value("Reshape", [value("Squeeze", [part.name("0"), integers([0])]), integers([0, count, width])])
        let own = ownRows()
        let rows = value("Concat", [value("Transpose", [before], .integers("perm", [1, 0, 2])), own], .integer("axis", 0))
        let last = lastRows(rows, count: count)
        add("Unsqueeze", [value("Reshape", [last, integers([0, count * width])]), integers([0])], [part.name("n")])
        return rows
    }

    /// Of `rows`, that begin `count` steps before a sequence's first step, the last so many up to its end, [batch, count, width].
    mutating func lastRows(_ rows: String, count: Int) -> String {
        let places = value("Add", [value("Unsqueeze", [stepCounts(), integers([1])]), integers(Array(0..<count))])
        let byBatch = value("Transpose", [rows], .integers("perm", [1, 0, 2]))
        return value("GatherND", [byBatch, value("Unsqueeze", [places, integers([2])])], .integer("batch_dims", 1))
    }

    /// The steps that a convolution with a stride reads, each sequence's padded by its own length: [time, batch, width].
    private mutating func shiftedRows(_ description: ConvolutionDescription) -> String {
        let (extent, stride) = (description.extent, description.stride)
        let time = timeCount(below)
        /// The last window's first step if the first one's is 0.
        func lastFirst(_ graph: inout ONNXGraph, _ count: String) -> String {
            graph.value("Mul", [graph.value("Div", [graph.value("Sub", [count, graph.integer(1)]), graph.integer(stride)]), graph.integer(stride)])
        }
        let lengths = stepCounts()
        let surplus = value("Sub", [value("Add", [lastFirst(&self, lengths), integer(extent)]), lengths])
        let before = value("Div", [value("Max", [surplus, integer(0)]), integer(2)])
        let count = value("Add", [lastFirst(&self, time), integer(extent)])
        let steps = value("Sub", [value("Unsqueeze", [range(count), integers([0])]), value("Unsqueeze", [before, integers([1])])])
        let inTime = value("Max", [value("Min", [steps, value("Sub", [time, integer(1)])]), integer(0)])
        let byBatch = value("Transpose", [below], .integers("perm", [1, 0, 2]))
        let rows = value("GatherND", [byBatch, value("Unsqueeze", [inTime, integers([2])])], .integer("batch_dims", 1))
        let isOwn = value(
            "And", [value("GreaterOrEqual", [steps, integer(0)]), value("Less", [steps, value("Unsqueeze", [stepCounts(), integers([1])])])])
        let own = value("Where", [value("Unsqueeze", [isOwn, integers([2])]), rows, real(0)])
        return value("Transpose", [own], .integers("perm", [1, 0, 2]))
    }

    mutating func addTemporalBlock(_ layer: ExportedLayer, _ description: TemporalBlockDescription) {
        let (input, count) = (below, description.convolution.extent - 1)
        let group = layer.stateIndex.map { states.groups[$0] }
        for (place, width) in [layer.plan.inputWidth, description.channels].enumerated() {
            let rows = group.map { preceded($0[place], count: count, width: width) } ?? below
            below = convolve(layer, 2 * place, rows, description.convolution)
            activate(.relu)
        }
        let around = layer.plan.parameters.count > 4
            ? convolve(layer, 4, input, ConvolutionDescription(channels: description.channels, width: 1)) : input
        below = value("Add", [below, around])
        activate(.relu)
    }

    // MARK: Pooling and frames

    mutating func addPool(_ layer: ExportedLayer, _ method: PoolMethod) {
        switch method {
        case .last:
            let last = value("Unsqueeze", [value("Unsqueeze", [value("Sub", [stepCounts(), integer(1)]), integers([1])]), integers([2])])
            let byBatch = value("Transpose", [below], .integers("perm", [1, 0, 2]))
            below = value("Transpose", [value("GatherND", [byBatch, last], .integer("batch_dims", 1))], .integers("perm", [1, 0, 2]))
        case .mean:
            let sum = value("ReduceSum", [ownRows(), integers([0])])
            let count = value("Unsqueeze", [value("Cast", [stepCounts()], .integer("to", ONNXType.float.rawValue)), integers([1])])
            below = value("Div", [sum, count])
        case .max: below = value("ReduceMax", [ownRows(otherwise: -.infinity)], .integers("axes", [0]))
        case .attention:
            let rows = below
            addLinear(layer, 0, 1)
            below = value("Tanh", [below])
            addLinear(layer, 2, nil)
            let weights = value("Softmax", [ownRows(otherwise: -.infinity)], .integer("axis", 0))
            below = value("ReduceSum", [value("Mul", [weights, rows]), integers([0])])
        }
        changeLengths(by: .toOne)
    }

    /// `below` times a weight of the layer, plus a bias.
    mutating func addLinear(_ layer: ExportedLayer, _ weight: Int, _ bias: Int?) {
        let (name, shape) = (layer.plan.parameters[weight].name, layer.plan.parameters[weight].shape)
        addConstant("\(name)_transposed", layer.transposed(weight), shape.reversed())
        below = value("MatMul", [below, "\(name)_transposed"])
        guard let bias else { return }
        addParameter(layer, bias)
        below = value("Add", [below, layer.plan.parameters[bias].name])
    }

    mutating func addFrames(_ layer: ExportedLayer, count: Int, stride: Int) {
        if count == 1 {
            below = value("Slice", [below, integers([0]), integers([Int(Int32.max)]), integers([0]), integers([stride])])
        } else {
            let time = timeCount(below)
            let whole = value("Mul", [value("Div", [value("Add", [time, integer(stride - 1)]), integer(stride)]), integer(stride)])
            let rows = value("Pad", [ownRows(), integers([0, 0, 0, stride - 1, 0, 0])])
            let kept = value("Slice", [rows, integers([0]), value("Unsqueeze", [whole, integers([0])]), integers([0])])
            let byBatch = value("Transpose", [kept], .integers("perm", [1, 0, 2]))
            let frames = value("Reshape", [byBatch, integers([0, -1, count * layer.plan.inputWidth])])
            below = value("Transpose", [frames], .integers("perm", [1, 0, 2]))
        }
        changeLengths(by: .every(stride))
    }
}
