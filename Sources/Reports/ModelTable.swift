import Layers
package import Models
import NumberText
import Training

/// Summary of a model's layers: output shapes and numbers of parameters.
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

    package init(_ shape: ModelDescription) {
        let plans = ModelPlan(shape).layers
        let firstLayer = plans.count - shape.layers.count - 1
        var (recurrentCount, time) = (0, "time")
        layers = plans.enumerated().map { place, layer in
            let isHead = place == plans.count - 1
            // Every layer has an output at every step; the head may use only the last.
            time = layer.stepChange.words(time)
            let output = isHead && !layer.isEveryStep ? "batch, \(layer.width)" : "batch, \(time), \(layer.width)"
            let (name, kind): (String, String)
            if isHead {
                (name, kind) = ("head", "\(layer.name), on \(layer.isEveryStep ? "every step" : "the last step")")
            } else if place < firstLayer {
                (name, kind) = ("embedding", "embedding of \(layer.inputWidth) symbols")
            } else if layer.isRecurrent {
                recurrentCount += 1
                (name, kind) = ("rnn, layer \(recurrentCount)", "\(layer.name), reads \(layer.inputWidth)")
            } else {
                (name, kind) = (layer.name, "reads \(layer.inputWidth)")
            }
            return Layer(name: name, kind: kind, outputShape: output, parameterCount: layer.parameterCount)
        }
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
