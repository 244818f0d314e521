public import Kernels
public import Layers

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
        plain.data.tokenizer = name(data.tokenizer)
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
