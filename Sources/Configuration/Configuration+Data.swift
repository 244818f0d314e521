public import Audio
public import Datasets

extension Configuration {
    /// What is read, and how it becomes examples.
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
        /// File of a tokenizer whose byte pairs are taken in place of learnt ones: as written, or the resolved path; empty for none.
        public var tokenizer = ""
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
        /// What a symbol of a transcript is.
        public var transcriptUnit = TranscriptUnit.character
        public var unalignable = Configuration.UnalignablePolicy.refuse
        /// Column with the class of a row, or the classes of its time steps.
        public var label = ""
        /// Column whose characters are the sequence; empty for numbers.
        public var text = ""
        /// Numbers of a time step.
        public var features = 1
        /// Column with the paths of recordings that are the sequences; empty for none.
        public var audio = ""
        /// What is computed of a recording, and how.
        public var audioFeatures = FrontEnd.Features.logMel
        public var frontEnd = FrontEnd.Definition.librosa
        public var sampleRate = 16_000
        /// 0 for the mean of all.
        public var channel = 0
        public var windowMilliseconds = 25.0
        public var hopMilliseconds = 10.0
        /// 0 for the least power of two that holds a window.
        public var fftSize = 0
        public var mels = 40
        public var coefficients = 13
        public var lowFrequency = 0.0
        /// 0 for half of the rate.
        public var highFrequency = 0.0
        /// Of changed copies that are trained on: percentages of the speed, and noise so many decibels below a recording.
        public var speeds: [Int] = []
        public var noises: [Int] = []
        /// Column that says to which sequence or series a row belongs; empty where a row is a sequence, and for a single series.
        public var id = ""
        /// Of a series: features of the calendar, and columns that are known ahead.
        public var calendar: [String] = []
        public var future: [String] = []
        /// Of a series: columns of categories that the model reads beside `columns`.
        public var categories: [String] = []
        /// Of sequences of numbers: by which mean and deviation they are standardised, and how many orders of differences are read beside them.
        public var standardize = StandardizationRange.training
        public var deltas = 0
        /// Whether batches have sequences of about the same length.
        public var bucketing = false
        /// Columns that say how sequences come to their parts; empty for none.
        public var group = ""
        public var part = ""
        /// With `id`: column by which a sequence's rows are ordered; empty for the file's order.
        public var step = ""
        public var relative = false
        /// What each window is divided by.
        public var windowScaling = WindowScaling.none
        /// With `id`: the rows by which a series is standardised.
        public var scaling = SeriesScale.global
        /// Rows before each target from which it is taken as a difference; 0 for none.
        public var lag = 0
        /// Rows before each row to forecast whose values of the predicted columns are read, too.
        public var lags: [Int] = []
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
        if !tokenizer.isEmpty { tokenizer = Configuration.path(of: tokenizer, relativeTo: folder("data.tokenizer")) }
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
