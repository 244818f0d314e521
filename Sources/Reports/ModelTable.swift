import Charts
import Checkpoints
import Training

/// A model's layers with what they give and how many parameters they have, as its checkpoint has them.
package struct ModelTable {
    package struct Layer: Equatable {
        package var name: String
        package var kind: String
        /// "batch, time, 128".
        package var outputShape: String
        package var parameterCount: Int

        package init(name: String, kind: String, outputShape: String, parameterCount: Int) {
            self.name = name
            self.kind = kind
            self.outputShape = outputShape
            self.parameterCount = parameterCount
        }
    }

    package let layers: [Layer]

    /// - Parameter speaksEveryStep: whether the head is on every time step.
    package init(parameters: [TensorShape], speaksEveryStep: Bool) {
        var layers: [Layer] = []
        for parameter in parameters {
            let name = Self.layerName(of: parameter.name)
            let count = parameter.dimensions.reduce(1, *)
            if let last = layers.indices.last, layers[last].name == name {
                layers[last].parameterCount += count
            } else {
                layers.append(Self.layer(name, firstParameter: parameter, speaksEveryStep: speaksEveryStep))
            }
        }
        self.layers = layers
    }

    /// "rnn.weight_ih_l0" is of "rnn, layer 1", "head.bias" of "head".
    private static func layerName(of parameter: String) -> String {
        let parts = parameter.split(separator: ".", maxSplits: 1)
        let room = String(parts.first ?? "")
        guard let number = parameter.split(separator: "_").last?.dropFirst(), parameter.contains("_l"), let layer = Int(number) else { return room }
        return "\(room), layer \(layer + 1)"
    }

    private static func layer(_ name: String, firstParameter: TensorShape, speaksEveryStep: Bool) -> Layer {
        let rows = firstParameter.dimensions.first ?? 0
        let columns = firstParameter.dimensions.last ?? 0
        let count = firstParameter.dimensions.reduce(1, *)
        if name == "embedding" {
            return Layer(name: name, kind: "embedding of \(rows) symbols", outputShape: "batch, time, \(columns)", parameterCount: count)
        }
        if name == "head" {
            let shape = speaksEveryStep ? "batch, time, \(rows)" : "batch, \(rows)"
            return Layer(name: name, kind: speaksEveryStep ? "linear, on every step" : "linear, on the last step", outputShape: shape, parameterCount: count)
        }
        return Layer(name: name, kind: "LSTM, reads \(columns)", outputShape: "batch, time, \(rows / 4)", parameterCount: count)
    }

    func write(on page: inout Page) {
        let total = layers.reduce(0) { $0 + $1.parameterCount }
        let rows = layers.map { layer in
            Table.Row(cells: [.init(layer.name), .init(layer.kind), .init(layer.outputShape), .init(fixed(Double(layer.parameterCount), decimals: 0))])
        }
        page.table(
            Table(
                columns: [
                    .init(name: "layer"), .init(name: "what it is"), .init(name: "output", isCode: true), .init(name: "parameters", isNumber: true, isCode: true),
                ],
                rows: rows + [Table.Row(cells: ["all", "", "", .init(fixed(Double(total), decimals: 0), isMarked: true)])]))
    }
}
