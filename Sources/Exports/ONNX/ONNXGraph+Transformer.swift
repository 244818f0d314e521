import Foundation
import Layers
import Models
import ProtocolBuffers

// The Transformer block, by products, softmax and layer normalisation; rows are [batch, time, width].
extension ONNXGraph {
    mutating func addTransformer(_ layer: ExportedLayer, _ description: TransformerDescription) {
        below = value("Transpose", [below], .integers("perm", [1, 0, 2]))
        if description.positions == .sinusoidal { addPositions(width: layer.plan.width) }
        let input = below
        if description.norm == .pre { normalise(layer, 8) }
        attend(layer, description)
        below = value("Add", [input, below])
        if description.norm == .post { normalise(layer, 8) }
        let hidden = below
        if description.norm == .pre { normalise(layer, 10) }
        addLinear(layer, 4, 5)
        activate(description.activation)
        addLinear(layer, 6, 7)
        below = value("Add", [hidden, below])
        if description.norm == .post { normalise(layer, 10) }
        below = value("Transpose", [below], .integers("perm", [1, 0, 2]))
    }

    private mutating func normalise(_ layer: ExportedLayer, _ place: Int) {
        for place in place...place + 1 { addParameter(layer, place) }
        let names = (place...place + 1).map { layer.plan.parameters[$0].name }
        below = value("LayerNormalization", [below] + names, .integer("axis", -1), .real("epsilon", 1e-5))
    }

    private mutating func activate(_ activation: FeedForwardActivation) {
        switch activation {
        case .relu: below = value("Relu", [below])
        case .gelu:
            let error = value("Erf", [value("Mul", [below, real(Float(0.5).squareRoot())])])
            below = value("Mul", [below, value("Add", [value("Mul", [error, real(0.5)]), real(0.5)])])
        }
    }

    // MARK: Positions

    /// Angles of so many positions from `first` on: [positions, frequencies], in double precision, since a large angle's rounding would show.
    private mutating func angles(_ count: String, first: Int = 0, _ frequencies: [Double]) -> String {
        let positions = value("Add", [range(count), integer(first)])
        let column = value("Unsqueeze", [value("Cast", [positions], .integer("to", ONNXType.double.rawValue)), integers([1])])
        return value("Mul", [column, doubles(frequencies)])
    }

    private mutating func floats(_ operation: String, _ angles: String) -> String {
        value("Cast", [value(operation, [angles])], .integer("to", ONNXType.float.rawValue))
    }

    /// Adds sinusoidal positions; a cosine is the sine of π/2 more.
    private mutating func addPositions(width: Int) {
        let count = value("Gather", [value("Shape", [below]), integer(1)])
        let angles = angles(count, (0..<width).map { frequency(pair: $0 / 2, width: width) })
        let shifted = value("Add", [angles, doubles((0..<width).map { $0 % 2 == 0 ? 0 : .pi / 2 })])
        below = value("Add", [below, floats("Sin", shifted)])
    }

    private func frequency(pair: Int, width: Int) -> Double { pow(10000, -2 * Double(pair) / Double(width)) }

    /// Turns heads' rows [batch, heads, time, width] by the angles of their positions.
    private mutating func rotate(_ rows: String, count: String, first: Int, width: Int) -> String {
        let pairs = width / 2
        guard pairs > 0 else { return rows }
        let angles = angles(count, first: first, (0..<pairs).map { frequency(pair: $0, width: width) })
        let (cosines, sines) = (floats("Cos", angles), floats("Sin", angles))
        func part(_ graph: inout ONNXGraph, _ range: Range<Int>) -> String {
            graph.value(
                "Slice", [rows, graph.integers([range.lowerBound]), graph.integers([range.upperBound]), graph.integers([3])])
        }
        let (left, right) = (part(&self, 0..<pairs), part(&self, pairs..<2 * pairs))
        let turned = [
            value("Sub", [value("Mul", [left, cosines]), value("Mul", [right, sines])]),
            value("Add", [value("Mul", [left, sines]), value("Mul", [right, cosines])]),
        ]
        return value("Concat", turned + (width % 2 == 1 ? [part(&self, 2 * pairs..<width)] : []), .integer("axis", 3))
    }

    // MARK: Attention

    /// Multi-head attention of `below`, with its output projection; with a context of the steps before too, which the state holds.
    private mutating func attend(_ layer: ExportedLayer, _ description: TransformerDescription) {
        let (width, heads, context) = (layer.plan.width, description.heads, description.context)
        let headWidth = width / heads
        let queryCount = value("Gather", [value("Shape", [below]), integer(1)])
        let keyCount = value("Add", [queryCount, integer(context)])
        let filled = layer.stateIndex.map { precede(states.groups[$0][0], context: context, width: width) }
        addLinear(layer, 0, 1)
        let sums = below
        func rows(_ graph: inout ONNXGraph, _ part: Int, from first: Int) -> String {
            let columns = graph.value(
                "Slice", [sums, graph.integers([first, part * width]), graph.integers([Int(Int32.max), (part + 1) * width]), graph.integers([1, 2])])
            let byHead = graph.value("Reshape", [columns, graph.integers([0, -1, heads, headWidth])])
            return graph.value("Transpose", [byHead], .integers("perm", [0, 2, 1, 3]))
        }
        var (queries, keys, values) = (rows(&self, 0, from: context), rows(&self, 1, from: 0), rows(&self, 2, from: 0))
        if description.positions == .rotary {
            queries = rotate(queries, count: queryCount, first: context, width: headWidth)
            keys = rotate(keys, count: keyCount, first: 0, width: headWidth)
        }
        let products = value("MatMul", [queries, value("Transpose", [keys], .integers("perm", [0, 1, 3, 2]))])
        let scores = value("Mul", [products, real(1 / Float(headWidth).squareRoot())])
        // Not -∞: a row past a sequence's end may have no other score.
        let counted = value("Where", [countingKeys(description, queryCount, keyCount, filled: filled), scores, real(-1e30)])
        let outputs = value("MatMul", [value("Softmax", [counted], .integer("axis", -1)), values])
        below = value("Reshape", [value("Transpose", [outputs], .integers("perm", [0, 2, 1, 3])), integers([0, -1, width])])
        addLinear(layer, 2, 3)
    }

    /// Puts the steps that the state holds before `below`, and makes the state at each sequence's end. - Returns: how many of them count, [batch, 1, 1, 1].
    private mutating func precede(_ part: ExportedStates.Part, context: Int, width: Int) -> String {
        let state = value("Squeeze", [part.name("0"), integers([0])])
        let steps = value("Slice", [state, integers([0]), integers([context * width]), integers([1])])
        let filled = value("Slice", [state, integers([context * width]), integers([context * width + 1]), integers([1])])
        below = value("Concat", [value("Reshape", [steps, integers([0, context, width])]), below], .integer("axis", 1))
        let last = value("Reshape", [lastRows(value("Transpose", [below], .integers("perm", [1, 0, 2])), count: context), integers([0, context * width])])
        let read = value("Unsqueeze", [value("Cast", [stepCounts()], .integer("to", ONNXType.float.rawValue)), integers([1])])
        let count = value("Min", [value("Add", [filled, read]), real(Float(context))])
        add("Unsqueeze", [value("Concat", [last, count], .integer("axis", 1)), integers([0])], [part.name("n")])
        return value("Unsqueeze", [filled, integers([2, 3])])
    }

    /// Which keys count for each query: a shape that [batch, heads, queries, keys] takes.
    private mutating func countingKeys(_ description: TransformerDescription, _ queryCount: String, _ keyCount: String, filled: String?) -> String {
        let queries = value("Unsqueeze", [range(queryCount), integers([1])])
        let keys = range(keyCount)
        guard let filled else {
            guard !description.isCausal else { return value("LessOrEqual", [keys, queries]) }
            return value("Less", [keys, value("Unsqueeze", [stepCounts(), integers([1, 2, 3])])])
        }
        let context = description.context
        let isNear = value(
            "And", [value("GreaterOrEqual", [keys, queries]), value("LessOrEqual", [keys, value("Add", [queries, integer(context)])])])
        let first = value("Sub", [real(Float(context)), filled])
        let isFilled = value("GreaterOrEqual", [value("Cast", [keys], .integer("to", ONNXType.float.rawValue)), first])
        return value("And", [isNear, isFilled])
    }
}
