public import Layers

extension ModelDescription {
    /// How many of the recurrent layers read the input's own time steps.
    public var traceableLayerCount: Int {
        layers.prefix { $0.stepChange == .none }.count { if case .recurrent = $0 { true } else { false } }
    }
}

extension Model {
    /// The gates and states of a recurrent layer over the first `length` time steps of a sequence of the last `forward`; where segments are kept, over
    /// those of the last segment only. To be asked before `backward`, which puts derivatives in their place. Cost: copies of all those values.
    /// - Precondition: the last batch had such a sequence, so long.
    /// - Parameter layer: its number among the recurrent layers, from 0; of a bidirectional one, the forward direction.
    public func trace(layer: Int, sequence: Int, length: Int) -> LayerTrace {
        func recurrence(of layer: any Layer) -> RecurrentLayer? {
            let layer = (layer as? ConnectedLayer)?.inner ?? layer
            return layer as? RecurrentLayer ?? (layer as? BidirectionalLayer)?.ahead
        }
        let recurrences = layers.compactMap(recurrence)
        return recurrences[layer].trace(sequence: order?.places[sequence] ?? sequence, length: length)
    }
}
