import Batches
import Datasets
import Layers
import Models
import NumberText
import Training

extension ExportedModel {
    /// A one-line description: "an LSTM, 2 layers of 128 units, that reads 65 symbols one-hot and scores the next one at every step".
    var summary: String {
        let when = hasOutputEveryStep ? "at every step" : "at the last step"
        return "\(stackWords) that reads \(inputWords) and \(outputWords) \(when)"
    }

    /// "an LSTM of 8 units"; "an LSTM, 2 layers of 8 units,"; "a network (bidirectional LSTM of 8 units; dense, relu of 5 units)".
    private var stackWords: String {
        if states.isStacked {
            let layer = shape.recurrentLayers[0]
            let cell = "\(layer.cell.name.hasPrefix("G") ? "a" : "an") \(layer.name)"
            let units = counted(layer.hidden, "unit")
            return layerCount == 1 ? "\(cell) of \(units)" : "\(cell), \(layerCount) layers of \(units),"
        }
        let names = layers.compactMap { layer -> String? in
            switch layer.kind {
            case .embedding, .nothing, .head: nil
            case .recurrent(let description, _): "\(description.name) of \(counted(description.hidden, "unit"))"
            case .dense: "\(layer.plan.name) of \(counted(layer.plan.width, "unit"))"
            case .convolution, .temporalBlock: "\(layer.plan.name) of \(counted(layer.plan.width, "channel"))"
            case .layerNorm, .pool, .frames, .transformer: layer.plan.name
            }
        }
        return "a network (\(names.joined(separator: "; ")))"
    }

    private var inputWords: String {
        switch shape.input {
        case .oneHot(let count): "\(count) \(symbolsWord) one-hot"
        case .embedding(let count, let width): "\(count) \(symbolsWord) embedded in \(width) numbers"
        case .vectors(let width): width == 1 ? "a number" : "\(width) numbers"
        }
    }

    private var symbolsWord: String {
        if case .text(let text) = use { return text.vocabulary.unit == .byte ? "bytes" : "symbols" }
        return "tokens"
    }

    private var outputWords: String {
        switch use {
        case .text: "scores the next one"
        case .classes(let classes) where classes.transcript != nil: "scores a blank and \(counted(classes.names.count, "symbol"))"
        case .classes: "scores \(shape.outputs) classes"
        case .frames(let use): "says a mixture of \(counted(use.meaning.density.componentCount, "component")) for the next \(use.meaning.hasPen ? "point" : "numbers")"
        case .numbers: shape.outputs == 1 ? "says a number" : "says \(shape.outputs) numbers"
        case .series(let series):
            "forecasts \(series.targetNames.count == 1 ? "a column" : "\(series.targetNames.count) columns") "
                + (series.horizon == 1 ? "of the next row" : "of the next \(series.horizon) rows")
        }
    }
}
