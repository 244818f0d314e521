import Kernels
public import Layers

/// What a model computes from the characters of a word: one layer over their embeddings, which gives one row of numbers (Ling et al. 2015; Ma & Hovy 2016).
///
/// A recurrent layer reads the word in both directions and gives the final state of each; a convolution gives, channel by channel, the largest output.
public struct CharacterEncoder: Sendable, Hashable {
    /// Different characters, one of them for those that aren't known.
    public var characterCount: Int
    /// Numbers of a character's embedding.
    public var embeddingWidth: Int
    /// A bidirectional recurrent layer or a convolution.
    public var layer: LayerDescription

    public init(characterCount: Int, embeddingWidth: Int, layer: LayerDescription) {
        (self.characterCount, self.embeddingWidth, self.layer) = (characterCount, embeddingWidth, layer)
    }

    /// Numbers of a word.
    public var width: Int { layer.width(reading: embeddingWidth) }

    /// Characters of a word, for estimates: about as many as English ones have.
    static let usualLength = 5

    /// Floats that a training step keeps of a word, about: embeddings of its characters, what the layer keeps of them, and the word's own row.
    func keptFloats(_ precision: Precision) -> Double {
        let layer = layer.keptFloats(precision, width: width, inputWidth: embeddingWidth)
        return Double(Self.usualLength) * (2 * Double(embeddingWidth) + layer.kept + layer.derivatives) + 2 * Double(width)
    }
}
