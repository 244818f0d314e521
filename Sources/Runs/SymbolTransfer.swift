import Datasets
import Kernels
import Layers
import Models
import NumberText

/// Copies the weights of a model to a model with another vocabulary, symbol by symbol, regardless of their tokens.
/// A symbol that only the new model has keeps its initial weights; weights of symbols that only the earlier one has are dropped.
struct SymbolTransfer {
    let earlier: Vocabulary
    let vocabulary: Vocabulary

    /// - Parameters:
    ///   - weights: the earlier model's flat buffer.
    ///   - earlierShape, shape: two models that differ only in the number of symbols.
    ///   - parameters: the new model's flat buffer, initialized; overwritten, except for weights of new symbols.
    func copy(_ weights: FloatView, of earlierShape: ModelDescription, into parameters: FloatView, of shape: ModelDescription) {
        for (source, target) in zip(ParameterLayout(earlierShape).parameters, ParameterLayout(shape).parameters) {
            let from = weights.slice(from: source.offset, count: source.count)
            let to = parameters.slice(from: target.offset, count: target.count)
            switch symbolAxis(of: target, shape) {
            case nil: to.copy(from)
            case .rows: copyRows(from, to)
            case .columns: copyColumns(from, columnCount: source.shape[1], to, columnCount: target.shape[1])
            }
        }
    }

    /// Describes the differences: "2 symbols are new and get new weights: 'q' (U+0071), 'z' (U+007A)"; nil if there are none.
    var note: String? {
        let new = vocabulary.symbols.filter { earlier.token(of: $0) == nil }
        let missing = earlier.symbols.filter { vocabulary.token(of: $0) == nil }
        let notes = [
            new.isEmpty ? nil : "\(counted(new.count, "symbol")) \(new.count == 1 ? "is new and gets" : "are new and get") initial weights: \(names(new))",
            missing.isEmpty ? nil : "\(counted(missing.count, "symbol")) of the earlier model \(missing.count == 1 ? "doesn't" : "don't") occur here: \(names(missing))",
        ].compactMap { $0 }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    private func names(_ symbols: [Symbol]) -> String {
        symbols.prefix(5).map(vocabulary.name).joined(separator: ", ") + (symbols.count > 5 ? " and \(symbols.count - 5) more" : "")
    }

    private enum SymbolAxis { case rows, columns }

    /// The axis of a parameter that corresponds to symbols; nil if there is none.
    private func symbolAxis(of parameter: Parameter, _ shape: ModelDescription) -> SymbolAxis? {
        switch parameter.name {
        case "embedding.weight", "head.weight", "head.bias": return .rows
        case "rnn.weight_ih_l0":
            guard case .oneHot = shape.input else { return nil }
            return .columns
        default: return nil
        }
    }

    private func copyRows(_ from: FloatView, _ to: FloatView) {
        let width = to.count / vocabulary.count
        forEachCommonSymbol { source, target in to.copy(from.slice(from: source * width, count: width), to: target * width) }
    }

    private func copyColumns(_ from: FloatView, columnCount sourceCount: Int, _ to: FloatView, columnCount targetCount: Int) {
        let rowCount = to.count / targetCount
        forEachCommonSymbol { source, target in
            for row in 0..<rowCount { to[row * targetCount + target] = from[row * sourceCount + source] }
        }
    }

    private func forEachCommonSymbol(_ body: (_ source: Int, _ target: Int) -> Void) {
        for (target, symbol) in vocabulary.symbols.enumerated() {
            if let source = earlier.token(of: symbol) { body(Int(source), target) }
        }
    }
}
