import Batches
import Layers
import Models

extension Subjects {
    /// Lists of layers of different kinds and widths: each of the kinds and options, each input, outputs at every step and at the last one. Where the last layer
    /// has two directions, both of these.
    static let lists: [(name: String, shape: ModelDescription)] = {
        var lists: [(String, ModelDescription)] = []
        for (index, (name, layers)) in (named + overTime + transformers).enumerated() {
            // A connection, and a layer that reads numbers, can't be the first one above one-hot symbols.
            let inputs: [(String, ModelDescription.Input)] =
                [("embedding", .embedding(vocabularyCount: 7, width: 4)), ("vectors", .vectors(width: 3))]
                + (layers[0].readsSymbols ? [("onehot", .oneHot(vocabularyCount: 6))] : [])
            let (inputName, input) = inputs[index % inputs.count]
            // A layer that changes the number of steps goes with outputs at the last one, or with transcripts, which two of five of them have.
            let changesSteps = layers.contains { $0.stepChange != .none }
            let hasTranscripts = changesSteps && index % 5 < 2
            let heads = [("every", ModelDescription.Head.everyStep), ("last", .lastStep)].filter { !changesSteps || $0.1 == .lastStep || hasTranscripts }
            for (place, (headName, head)) in heads.enumerated() where changesSteps || layers.last?.needsWholeSequence == true || place == index % 2 {
                let shape = ModelDescription(input: input, layers: layers, outputs: 5, head: head, loss: changesSteps && head == .everyStep ? .ctc : .crossEntropy, initialization: .pyTorch)
                lists.append(("\(name)-\(inputName)-\(headName)", shape))
            }
        }
        return lists
    }()

    private static var named: [(String, [LayerDescription])] {
        let stack: [LayerDescription] = [layer(.lstm, 9), layer(.gru, 5), layer(.rnn, 7)]
        let (dropout, noise) = (LayerDescription.dropout(DropoutDescription(rate: 0.3)), LayerDescription.noise(NoiseDescription(deviation: 0.1)))
        let norm = LayerDescription.layerNorm(LayerNormDescription(epsilon: 1e-3))
        var named: [(String, [LayerDescription])] = [
            ("cells", stack), ("cells-reversed", stack.reversed()), ("widths", [layer(.lstm, 5), layer(.lstm, 8)]),
            ("no-recurrence", [dense(6, .tanh)]), ("normalized", [norm, layer(.lstm, 5), norm]),
            ("training-only", [dropout, layer(.gru, 5), noise, layer(.gru, 5), dropout]),
            ("deep", [dense(5, .relu), layer(.lstm, 5, .residual), norm, layer(.gru, 4, .concatenate, merge: .concatenate), dropout, dense(6, .sigmoid), layer(.rnn, 3)]),
        ]
        for cell in [CellKind.lstm, .gru, .rnn] {
            for merge in DirectionMerge.allCases {
                named.append(("both-\(cell)-\(merge)", [layer(cell, 5, merge: merge), layer(cell, 4, merge: merge)]))
                named.append(("both-\(cell)-\(merge)-below", [layer(cell, 5, merge: merge), layer(.lstm, 6)]))
            }
            for connection in [LayerConnection.residual, .concatenate] {
                named.append(("\(connection)-\(cell)", [dense(6, .linear), layer(cell, 6, connection)]))
                named.append(("\(connection)-both-\(cell)", [dense(6, .linear), layer(cell, 6, connection, merge: .average), layer(cell, 3, connection == .residual ? .none : connection)]))
            }
        }
        for activation in DenseActivation.allCases { named.append(("dense-\(activation)", [layer(.lstm, 7), dense(6, activation)])) }
        for form in forms {
            var bothWays = form
            bothWays.isBidirectional = true
            let name = form.name.replacing(", ", with: "-").replacing(" ", with: "-")
            named.append(("both-\(name)", [.recurrent(bothWays)]))
            named.append(("after-\(name)", [layer(.gru, 4), dropout, .recurrent(form)]))
        }
        return named
    }

    static func dense(_ units: Int, _ activation: DenseActivation) -> LayerDescription {
        .dense(DenseDescription(units: units, activation: activation))
    }

    /// - Parameter merge: of both directions; nil for the forward one alone.
    static func layer(_ cell: CellKind, _ hidden: Int, _ connection: LayerConnection = .none, merge: DirectionMerge? = nil) -> LayerDescription {
        var description = RecurrentDescription(cell: cell, hidden: hidden)
        description.connection = connection
        if let merge { (description.isBidirectional, description.merge) = (true, merge) }
        return .recurrent(description)
    }
}
