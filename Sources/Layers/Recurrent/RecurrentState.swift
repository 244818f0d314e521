public import Kernels

/// Layout of the states of a model's recurrent layers for one sequence: layer after layer, the hidden state, then the cell state if there is one, then an
/// sLSTM's normalizer and stabilizer.
public struct StateLayout: Sendable, Equatable {
    /// One layer's.
    package struct Part: Sendable, Equatable {
        /// Numbers of the hidden state and of each further part.
        let widths: [Int]
        fileprivate(set) var offset = 0

        package init(widths: [Int]) { self.widths = widths }
    }

    let layers: [Part]
    /// Floats of one sequence.
    public let count: Int

    package init(_ layers: [Part]) {
        var offset = 0
        self.layers = layers.map { layer in
            var layer = layer
            layer.offset = offset
            offset += layer.widths.reduce(0, +)
            return layer
        }
        count = offset
    }

    /// Where a layer's hidden states (part 0), cell states (part 1) or further parts stand; nil if it has no such part.
    public func range(layer: Int, part: Int) -> Range<Int>? {
        let place = layers[layer]
        guard part < place.widths.count else { return nil }
        let first = place.offset + place.widths[..<part].reduce(0, +)
        return first..<first + place.widths[part]
    }

    /// Shape of a batch's states as a tensor: `[batch, layers, parts, units]` where all layers are alike, and otherwise `[batch, floats]`.
    public func shape(sequenceCount: Int) -> [Int] {
        guard let widths = layers.first?.widths, widths.allSatisfy({ $0 == widths[0] }), layers.allSatisfy({ $0.widths == widths }) else {
            return [sequenceCount, count]
        }
        return [sequenceCount, layers.count, widths.count, widths[0]]
    }
}

/// The states of every recurrent layer, for a rank's sequences: what truncated backpropagation and generation carry on.
public final class RecurrentState {
    public let layout: StateLayout
    public let sequenceCount: Int
    private let memory: FloatMemory

    /// All zero.
    public init(_ layout: StateLayout, sequenceCount: Int) {
        self.layout = layout
        self.sequenceCount = sequenceCount
        memory = FloatMemory(count: sequenceCount * layout.count)
    }

    /// `[batch, states]`: of each sequence what ``StateLayout`` says.
    public var values: FloatView { memory.view }

    public func reset() { values.fill(0) }

    /// A copy of some sequences' states, in the order given.
    public func sequences(_ chosen: some Collection<Int>) -> RecurrentState {
        let copy = RecurrentState(layout, sequenceCount: chosen.count)
        for (place, sequence) in chosen.enumerated() { copy.values.copy(of(sequence), to: place * layout.count) }
        return copy
    }

    /// Takes the states of the sequences `chosen` from `other`, which has them in this order.
    public func set(_ chosen: some Collection<Int>, from other: RecurrentState) {
        for (place, sequence) in chosen.enumerated() { of(sequence).copy(other.of(place)) }
    }

    /// All of one sequence's.
    private func of(_ sequence: Int) -> FloatView { values.slice(from: sequence * layout.count, count: layout.count) }

    enum Part: Int, CaseIterable { case hidden, cell, normalizer, stabilizer }

    /// Nil if the layer has no such part.
    func part(_ part: Part, layer: Int, sequence: Int) -> FloatView? {
        layout.range(layer: layer, part: part.rawValue).map { values.slice(from: sequence * layout.count + $0.lowerBound, count: $0.count) }
    }
}
