public import Batches
public import Layers
public import Models

extension Configuration {
    /// The layers in the simple form, and their first weights.
    public struct ModelSettings: Sendable, Equatable {
        public var cell = CellKind.lstm
        public var hidden = 128
        public var layers = LayerStack.alike(1)
        /// 0 for one-hot.
        public var embedding = 0
        public var head = HeadPlacement.auto
        /// A file of words' vectors to begin with: as written, or the resolved path; empty for none.
        public var embeddingFile = ""
        public var trainEmbedding = true
        /// Whether the head's weights are the embedding's.
        public var tied = false
        public var initialization = ModelDescription.Initialization.pyTorch
        /// Of the uniform initialization.
        public var initialRange = 0.1
        public var forgetBias = 0.0
        public var reset = ResetPlace.after
        public var activation = ActivationKind.tanh
        public var peepholes = false
        public var coupledGates = false
        public var gateActivation = GateFunction.sigmoid
        /// 0 for none.
        public var projection = 0
        public var layerNorm = LayerNormPlace.none
        public var initialState = InitialState.zero
        public var bidirectional = false
        /// Between recurrent layers; 0 for none.
        public var dropout = 0.0
        /// 0 for none, as the following.
        public var recurrentDropout = 0.0
        public var weightDrop = 0.0
        public var zoneout = 0.0
        public var zoneoutCell = 0.0
        public var embeddingDropout = 0.0
        /// What reads the characters of words, beside their embedding.
        public var characters = CharacterReading.none
        public var characterEmbedding = 32
        /// Of each direction of a recurrent layer, or channels of a convolution.
        public var characterUnits = 32
        /// Of a convolution: characters that an output is computed from.
        public var characterWidth = 3
        /// Characters of a word that are read, the first ones.
        public var characterLimit = 24
        /// Of a mixture that predicts the next numbers: its components, their kind, and what the deviations are at least.
        public var mixture = 20
        public var mixtureFamily = MixtureDensity.Family.gaussian
        public var leastDeviation = 0.02
        /// Of the last recurrent layer, as the following.
        public var activationL2 = 0.0
        public var temporalL2 = 0.0
        /// As written, or the resolved path once the program has found the file; empty for none.
        public var initialWeights = ""
        public var newSymbols = NewSymbols.refuse
    }
}

extension Configuration.ModelSettings {
    /// Path of the initial weights, absolute if it is, or relative to `directory`; empty for none.
    public func initialWeightsPath(relativeTo directory: String) -> String {
        initialWeights.isEmpty ? "" : Configuration.path(of: initialWeights, relativeTo: directory)
    }

    /// Path of the words' vectors, resolved likewise; empty for none.
    public func embeddingFilePath(relativeTo directory: String) -> String {
        embeddingFile.isEmpty ? "" : Configuration.path(of: embeddingFile, relativeTo: directory)
    }

    /// Whether the first weights, or some of them, come from a file.
    package var hasFirstWeightsFile: Bool { !initialWeights.isEmpty || !embeddingFile.isEmpty }
}
