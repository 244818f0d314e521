import Layers
package import Models

extension Configuration.ModelSettings {
    /// What is computed from the characters of a word; nil for nothing.
    package func characterEncoder(characterCount: Int) -> CharacterEncoder? {
        characterLayer.map { CharacterEncoder(characterCount: characterCount, embeddingWidth: characterEmbedding, layer: $0) }
    }

    private var characterLayer: LayerDescription? {
        if characters == .none { return nil }
        guard let cell = CellKind(rawValue: characters.rawValue) else {
            return .convolution(ConvolutionDescription(channels: characterUnits, width: characterWidth, padding: .same))
        }
        var layer = RecurrentDescription(cell: cell, hidden: characterUnits)
        layer.isBidirectional = true
        return .recurrent(layer)
    }

    /// Numbers that the first layer reads of an embedded token.
    var embeddedWidth: Int { embedding + (characterLayer?.width(reading: characterEmbedding) ?? 0) }
}
