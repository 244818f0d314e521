public import Kernels

/// Hidden and cell states of every layer, for a rank's sequences: what truncated backpropagation and generation carry on.
public final class RecurrentState {
    public let layers: Int
    public let hidden: Int
    public let sequenceCount: Int
    private let memory: FloatMemory

    /// All zero.
    public init(layers: Int, hidden: Int, sequenceCount: Int) {
        self.layers = layers
        self.hidden = hidden
        self.sequenceCount = sequenceCount
        memory = FloatMemory(count: sequenceCount * layers * 2 * hidden)
    }

    /// `[batch, layers, 2, hidden]`: of each sequence all layers, of each layer the hidden state, then the cell.
    public var values: FloatView { memory.view }

    public func reset() { values.fill(0) }

    enum Part: Int { case hidden, cell }

    func part(_ part: Part, layer: Int, sequence: Int) -> FloatView {
        values.slice(from: ((sequence * layers + layer) * 2 + part.rawValue) * hidden, count: hidden)
    }
}
