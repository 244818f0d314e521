public import Datasets
public import Kernels
/// Everything that a run is told: what it learns from, the model, how it is trained, and how the machine is used.
///
/// The initial values below are the defaults. What each key means, its range, and whether it decides the weights stands in
/// ``ConfigurationKey/table``, from which the file's parser, its errors, the JSON Schema and the manual's table follow.
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
        /// As written; ``filePaths(relativeTo:)`` says where they are.
        public var files: [String] = []
        public var unit = TextUnit.character
        public var lowercase = false
        public var joinLines = false
        public var length = 50
        public var stride = 1
        /// Empty for all.
        public var columns: [String] = []
        /// Empty for `columns`.
        public var targets: [String] = []
        public var horizon = 1
        public var relative = false
        /// How a table's file is read.
        public var table = TableReading()
        public var validationFraction = 0.1
        public var testFraction = 0.0
        /// 0 for the kind's own number; ``trainingExampleCount`` has it filled in.
        public var trainingExamples = 0
        public var validationExamples = 500
        public var testExamples = 1000

        public init(kind: DataKind) {
            self.kind = kind
        }
    }

    public struct ModelSettings: Sendable, Equatable {
        public var hidden = 128
        public var layers = 1
        /// 0 for one-hot.
        public var embedding = 0
        public var head = HeadPlacement.auto
        public var initialization = InitializationScheme.pytorch
        public var forgetBias = 0.0
        /// As written, or where it is once the program has found it; empty for none.
        public var initialWeights = ""
        public var newSymbols = NewSymbols.refuse
    }

    public struct TrainingSettings: Sendable, Equatable {
        public var batch = 32
        /// 0 for as many as `epochs` has.
        public var steps = 0
        public var epochs = 10
        public var seed = 1
        /// 0 for no clipping.
        public var clipNorm = 0.0
        /// 0 for each epoch's end.
        public var validateEverySteps = 0
        /// 0 for all time steps.
        public var segmentLength = 0
        public var precision = Precision.float32
    }

    public struct ParallelismSettings: Sendable, Equatable {
        /// 0 for as many as the rank has cores.
        public var threads = 0
        public var shards = 8
        public var gates = GateDivision.fused
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
        /// 0 for before saves only.
        public var everySteps = 1000
        /// 0 for never.
        public var hangSeconds = 120.0
        public var nonFinite = NonFinitePolicy.stop
        public var skipLimit = 10
    }

    public struct LogSettings: Sendable, Equatable {
        /// 0 for lines by time.
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
    /// Where the files are: absolute paths as they stand, the others in `directory`, the configuration file's own.
    public func filePaths(relativeTo directory: String) -> [String] {
        files.map { Configuration.path(of: $0, relativeTo: directory) }
    }

    /// Sequences that a generated kind makes for an epoch: `trainingExamples`, or the kind's own number where that is 0.
    public var trainingExampleCount: Int {
        trainingExamples > 0 ? trainingExamples : kind.usualTrainingExampleCount
    }
}

extension Configuration {
    /// Where a file is that the configuration names: an absolute path as it stands, another one in `directory`.
    static func path(of file: String, relativeTo directory: String) -> String {
        if file.hasPrefix("/") || directory.isEmpty { return file }
        return directory.hasSuffix("/") ? directory + file : directory + "/" + file
    }
}

extension Configuration {
    /// The same without the folders of the files that it names: where they lay is nobody's business.
    public var withoutFolders: Configuration {
        func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
        var plain = self
        plain.data.files = data.files.map(name)
        plain.model.initialWeights = name(model.initialWeights)
        return plain
    }
}

extension Configuration.ModelSettings {
    /// Where the first weights are, as ``Configuration/DataSettings/filePaths(relativeTo:)`` has it; empty for none.
    public func initialWeightsPath(relativeTo directory: String) -> String {
        initialWeights.isEmpty ? "" : Configuration.path(of: initialWeights, relativeTo: directory)
    }

    /// Where the model speaks when it learns from `kind`, with `auto` decided.
    public func headPlacement(for kind: Configuration.DataKind) -> Configuration.HeadPlacement {
        head == .auto ? kind.usualHead : head
    }
}
