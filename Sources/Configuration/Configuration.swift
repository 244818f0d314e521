public import Datasets
public import Kernels
public import Layers
public import Models

/// All settings of a run: data, model, training, and use of the machine.
///
/// The initial values below are the defaults. ``ConfigurationKey/table`` has each key's meaning, range and effect; the file's parser, its errors,
/// the JSON Schema and the manual's table are derived from it.
public struct Configuration: Sendable, Equatable {
    public var data: DataSettings
    public var model = ModelSettings()
    public var training = TrainingSettings()
    public var optimizer = OptimizerSettings()
    public var parallelism = ParallelismSettings()
    public var checkpoint = CheckpointSettings()
    public var integrity = IntegritySettings()
    public var log = LogSettings()

    /// The defaults for data of `kind`.
    public init(kind: DataKind) {
        data = DataSettings(kind: kind)
    }
}

extension Configuration {
    public struct DataSettings: Sendable, Equatable {
        public var kind: DataKind
        /// As written in the file; ``resolveFiles(_:)`` makes them absolute.
        public var files: [String] = []
        /// Of validation and of the test alone; empty where they have a share of `files`.
        public var validationFiles: [String] = []
        public var testFiles: [String] = []
        /// File of the data's binary form: as written, or the resolved path; empty for none.
        public var prepared = ""
        public var unit = TextUnit.character
        /// Words that get a token; 0 for all.
        public var vocabularySize = 0
        public var lowercase = false
        public var joinLines = false
        /// Where the documents of a text end; empty for a text that is one.
        public var document = ""
        public var length = 50
        public var randomLength = false
        public var stride = 1
        /// Empty for all.
        public var columns: [String] = []
        /// Empty for `columns`.
        public var targets: [String] = []
        public var horizon = 1
        /// What files of sequences are, where their names don't say it.
        public var format = SequenceFormat.auto
        /// What is predicted of a sequence.
        public var target = SequenceTargetKind.class
        /// Column with the class of a row, or the classes of its time steps.
        public var label = ""
        /// Column whose characters are the sequence; empty for numbers.
        public var text = ""
        /// Numbers of a time step.
        public var features = 1
        /// Column that says to which sequence or series a row belongs; empty where a row is a sequence, and for a single series.
        public var id = ""
        /// Of a series: features of the calendar, and columns that are known ahead.
        public var calendar: [String] = []
        public var future: [String] = []
        /// Whether batches have sequences of about the same length.
        public var bucketing = false
        /// Columns that say how sequences come to their parts; empty for none.
        public var group = ""
        public var part = ""
        /// With `id`: column by which a sequence's rows are ordered; empty for the file's order.
        public var step = ""
        public var relative = false
        /// With `id`: the rows by which a series is standardised.
        public var scaling = SeriesScale.global
        /// Rows before each target from which it is taken as a difference; 0 for none.
        public var lag = 0
        /// Rows of a season of a series; 0 for what its dates say.
        public var season = 0
        /// Options for reading a table's file.
        public var table = TableReading()
        public var validationFraction = 0.1
        public var testFraction = 0.0
        /// Of a series, in place of fractions; 0 for none given.
        public var trainingRows = 0
        public var validationRows = 0
        public var testRows = 0
        /// Rows at the end of each series that aren't used.
        public var leaveOutRows = 0
        /// 0 for the kind's default; ``trainingExampleCount`` has the actual number.
        public var trainingExamples = 0
        public var validationExamples = 500
        public var testExamples = 1000

        public init(kind: DataKind) {
            self.kind = kind
        }
    }

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
        /// Of the last recurrent layer, as the following.
        public var activationL2 = 0.0
        public var temporalL2 = 0.0
        /// As written, or the resolved path once the program has found the file; empty for none.
        public var initialWeights = ""
        public var newSymbols = NewSymbols.refuse
    }

    public struct TrainingSettings: Sendable, Equatable {
        public var batch = 32
        /// 0 for as many as `epochs` gives.
        public var steps = 0
        public var epochs = 10
        public var seed = 1
        /// 0 for no clipping.
        public var clipNorm = 0.0
        public var clipScope = ClipScope.model
        /// 0 for no clipping.
        public var clipValue = 0.0
        public var labelSmoothing = 0.0
        public var classWeights = ClassWeights.none
        /// Of a model that predicts numbers.
        public var loss = NumberLossKind.squared
        /// With the Huber loss: absolute error up to which it is squared, in the scale of the targets.
        public var huberDelta = 1.0
        /// With the quantile loss and those of distributions: probability of the forecasts' interval.
        public var interval = 0.8
        /// 0 for the end of each epoch.
        public var validateEverySteps = 0
        /// Validations without improvement after which training ends; 0 for never.
        public var patience = 0
        public var minimumImprovement = 0.0
        public var averaging = WeightAveraging.none
        public var averageDecay = 0.999
        public var averagePatience = 5
        /// 0 for all time steps.
        public var segmentLength = 0
        /// Groups of shards that are worked off one after the other.
        public var accumulate = 1
        public var precision = Precision.float32
    }

    public struct ParallelismSettings: Sendable, Equatable {
        /// 0 for the number of the rank's cores.
        public var threads = 0
        public var shards = 8
        public var gates = GateMode.fused
        public var reduction = ReductionOrder.exact
    }

    public struct CheckpointSettings: Sendable, Equatable {
        /// 0 for none by steps.
        public var everySteps = 0
        /// 0 for none by time.
        public var everyMinutes = 10.0
        public var keep = 3
        public var best = true
        public var onError = CheckpointErrorPolicy.stop
    }

    public struct IntegritySettings: Sendable, Equatable {
        /// 0 for only before saves.
        public var everySteps = 1000
        /// 0 for never.
        public var hangSeconds = 120.0
        public var nonFinite = NonFinitePolicy.stop
        public var skipLimit = 10
    }

    public struct LogSettings: Sendable, Equatable {
        /// 0 for lines at time intervals.
        public var everySteps = 0
        public var everySeconds = 5.0
        /// 0 for none.
        public var sampleLength = 200
        public var tensorBoard = true
        public var prometheus = true
        public var live = LiveDisplay.auto
    }
}

extension Configuration.DataSettings {
    /// Gives the parts of a series numbers of rows in place of shares: the last ones before those that are left out.
    package mutating func divideByRows(validation: Int, test: Int, leavingOut: Int) {
        let usual = Self(kind: kind)
        (validationFraction, testFraction) = (usual.validationFraction, usual.testFraction)
        (trainingRows, validationRows, testRows, leaveOutRows) = (0, validation, test, leavingOut)
    }

    /// Keys of files, in the order in which they are read.
    static let fileLists: [(key: String, path: any WritableKeyPath<Self, [String]> & Sendable)] = [
        ("data.files", \.files), ("data.validationFiles", \.validationFiles), ("data.testFiles", \.testFiles),
    ]

    /// All files, in the order in which they are read.
    public var allFiles: [String] { Self.fileLists.flatMap { self[keyPath: $0.path] } }

    /// The files that only `part` has; empty if it has a share of ``files``.
    package func ownFiles(of part: DataPart) -> [String] {
        switch part {
        case .training: []
        case .validation: validationFiles
        case .test: testFiles
        }
    }

    /// Makes paths absolute: relative ones begin at the folder of their key, such as "data.files".
    public mutating func resolveFiles(_ folder: (_ key: String) -> String) {
        for (key, path) in Self.fileLists { self[keyPath: path] = self[keyPath: path].map { Configuration.path(of: $0, relativeTo: folder(key)) } }
        if !prepared.isEmpty { prepared = Configuration.path(of: prepared, relativeTo: folder("data.prepared")) }
    }

    /// The same with all files elsewhere. There they are read: a prepared form isn't looked for.
    /// - Parameter places: as many as ``allFiles``, in the same order.
    package func moved(to places: [String]) -> Self {
        var (moved, rest) = (self, places[...])
        if places != allFiles { moved.prepared = "" }
        for (_, path) in Self.fileLists {
            moved[keyPath: path] = Array(rest.prefix(self[keyPath: path].count))
            rest = rest.dropFirst(self[keyPath: path].count)
        }
        return moved
    }

    /// Sequences per epoch of a generated kind: `trainingExamples`, or the kind's default if that is 0.
    public var trainingExampleCount: Int {
        trainingExamples > 0 ? trainingExamples : kind.usualTrainingExampleCount
    }
}

extension Configuration {
    /// Path of a file that the configuration names: an absolute one unchanged, another one relative to `directory`.
    static func path(of file: String, relativeTo directory: String) -> String {
        if file.hasPrefix("/") || directory.isEmpty { return file }
        return directory.hasSuffix("/") ? directory + file : directory + "/" + file
    }
}

extension Configuration {
    /// The same without the folders of its files, for publication.
    public var withoutFolders: Configuration {
        func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        var plain = self
        plain.data = data.moved(to: data.allFiles.map(name))
        plain.model.initialWeights = name(model.initialWeights)
        plain.model.embeddingFile = name(model.embeddingFile)
        return plain
    }
}

extension Configuration {
    /// Whether a run directory stands for its best checkpoint, and not its newest: where training ends some validations after the best.
    public var usesBestCheckpoint: Bool { training.patience > 0 && checkpoint.best }
}

extension Configuration {
    /// Name of the buffer with the weights that steps change, where `weights.safetensors` has averages of them.
    package static let rawWeightsName = "raw"

    /// The names of what a checkpoint has beside the weights, each in the layout of the parameters.
    package var optimizerStateNames: [String] { optimizer.stateNames + (training.averaging == .none ? [] : [Self.rawWeightsName]) }
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
