public import Kernels

/// Layout of the states of a model's recurrent layers for one sequence: layer after layer, the hidden state, then the cell state if there is one.
public struct StateLayout: Sendable, Equatable {
    /// One layer's.
    package struct Part: Sendable, Equatable {
        /// Units.
        let width: Int
        /// 1, or 2 with a cell state.
        let partCount: Int
        fileprivate(set) var offset = 0

        package init(width: Int, partCount: Int) {
            self.width = width
            self.partCount = partCount
        }
    }

    let layers: [Part]
    /// Floats of one sequence.
    public let count: Int

    package init(_ layers: [Part]) {
        var offset = 0
        self.layers = layers.map { layer in
            var layer = layer
            layer.offset = offset
            offset += layer.partCount * layer.width
            return layer
        }
        count = offset
    }

    /// Where a layer's hidden states (part 0) or cell states (part 1) stand; nil if it has no such part.
    public func range(layer: Int, part: Int) -> Range<Int>? {
        let place = layers[layer]
        guard part < place.partCount else { return nil }
        let first = place.offset + part * place.width
        return first..<first + place.width
    }

    /// Shape of a batch's states as a tensor: `[batch, layers, parts, units]` where all layers are alike, and otherwise `[batch, floats]`.
    public func shape(sequenceCount: Int) -> [Int] {
        guard let first = layers.first, layers.allSatisfy({ $0.width == first.width && $0.partCount == first.partCount }) else {
            return [sequenceCount, count]
        }
        return [sequenceCount, layers.count, first.partCount, first.width]
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

    enum Part: Int, CaseIterable { case hidden, cell }

    /// Nil if the layer has no such part.
    func part(_ part: Part, layer: Int, sequence: Int) -> FloatView? {
        layout.range(layer: layer, part: part.rawValue).map { values.slice(from: sequence * layout.count + $0.lowerBound, count: $0.count) }
    }
}
