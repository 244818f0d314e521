public import Checkpoints
public import Charts
import StrictJSON

/// Contents of a run's `metrics.jsonl`: metrics over the steps, resumes, text samples, and phase times.
public struct RunHistory: Sendable {
    /// A metric of the lines; the raw value is its key there.
    public struct Curve: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        public static let loss = Curve(rawValue: "loss")
        public static let epochLoss = Curve(rawValue: "epochLoss")
        public static let validationLoss = Curve(rawValue: "validationLoss")
        public static let learningRate = Curve(rawValue: "learningRate")
        public static let gradientNorm = Curve(rawValue: "gradientNorm")
        public static let timeStepsPerSecond = Curve(rawValue: "timeStepsPerSecond")

        /// Those of every task; a task's own metrics begin with "validation".
        private static let ofEveryTask: Set<Curve> = [.loss, .epochLoss, .learningRate, .gradientNorm, .timeStepsPerSecond]

        /// The curve of a line's member; nil if it isn't kept.
        init?(key: String) {
            self.init(rawValue: key)
            guard Self.ofEveryTask.contains(self) || key.hasPrefix("validation") else { return nil }
        }
    }

    public struct Sample: Sendable, Equatable {
        public let step: Int
        public let text: String
    }

    /// A phase's seconds over the whole run, one number per rank.
    public struct Phase: Sendable, Equatable {
        public let name: String
        public var seconds: [Double]
    }

    private var curves: [Curve: [Point]] = [:]
    /// Number of lines with a metric that isn't finite, which the log has as null.
    public private(set) var notFiniteCount = 0
    /// Steps at which the run was resumed.
    public private(set) var resumes: [Int] = []
    public private(set) var samples: [Sample] = []
    public private(set) var phases: [Phase] = []
    public private(set) var lineCount = 0
    /// Number of unreadable lines.
    public private(set) var unreadableCount = 0
    public private(set) var lastStep = 0
    public private(set) var lastEpoch = 0
    /// Seconds of training up to each line, over all starts.
    private var clock: [Point] = []
    private var lastTimedStep = 0
    private var secondsOfEarlierStarts = 0.0
    private var secondsOfThisStart = 0.0
    /// Every n-th sample is kept.
    private var sampleDistance = 1
    private var sampleCount = 0

    /// Maximum number of samples kept, evenly spaced over the run.
    private static let sampleLimit = 64

    /// Reads the metrics of a run. Cost: one pass over the log, with about ten numbers per line in memory.
    public init(_ run: RunDirectory) throws(CheckpointError) {
        var history = RunHistory()
        history.unreadableCount = try run.visitMetrics { step, line in history.add(line, step: step) }
        self = history
    }

    private init() {}

    /// Points of a metric, by step.
    public subscript(curve: Curve) -> [Point] { curves[curve] ?? [] }

    /// Points of a metric, by seconds of training.
    public func overTime(_ curve: Curve) -> [Point] {
        var place = 0
        return self[curve].map { point in
            while place < clock.count - 1, clock[place].x < point.x { place += 1 }
            return Point(clock.isEmpty ? 0 : clock[place].y, point.y)
        }
    }

    /// The lowest validation loss; the earliest on a tie.
    public var bestValidation: Point? { self[.validationLoss].min { $0.y < $1.y } }

    /// Seconds of training, over all starts.
    public var trainedSeconds: Double { secondsOfEarlierStarts + secondsOfThisStart }

    // MARK: Reading

    private mutating func add(_ line: JSONValue, step: Int) {
        lineCount += 1
        lastStep = step
        lastEpoch = line["epoch"]?.integerValue ?? lastEpoch
        var isFinite = true
        for member in line.objectValue ?? [] {
            guard let curve = Curve(key: member.key) else { continue }
            let value = member.value
            // Earlier versions divided by almost 0 if no time was measured.
            if curve == .timeStepsPerSecond, let speed = value.realValue, speed > 1e11 { continue }
            if let number = value.realValue { curves[curve, default: []].append(Point(Double(step), number)) } else { isFinite = false }
        }
        if !isFinite { notFiniteCount += 1 }
        countTime(line, step: step)
        countPhases(line)
        if let text = line["sample"]?.stringValue { keep(Sample(step: step, text: text)) }
    }

    /// Detects a resume: a line with the step of the resume; in older logs, by the clock that starts again.
    private mutating func countTime(_ line: JSONValue, step: Int) {
        guard let seconds = line["elapsedSeconds"]?.realValue else { return }
        let resumed = line["resumedFromStep"]?.integerValue
        if resumed != nil || seconds < secondsOfThisStart {
            if lineCount > 1 || resumed != nil { resumes.append(resumed ?? lastTimedStep) }
            secondsOfEarlierStarts += secondsOfThisStart
        }
        secondsOfThisStart = seconds
        clock.append(Point(Double(step), trainedSeconds))
        lastTimedStep = step
    }

    private mutating func countPhases(_ line: JSONValue) {
        for member in line["phaseSeconds"]?.objectValue ?? [] {
            let seconds = (member.value.arrayValue ?? []).map { $0.realValue ?? 0 }
            let place = phases.firstIndex { $0.name == member.key } ?? phases.count
            if place == phases.count { phases.append(Phase(name: member.key, seconds: [])) }
            let missing = seconds.count - phases[place].seconds.count
            if missing > 0 { phases[place].seconds += Array(repeating: 0, count: missing) }
            for (rank, second) in seconds.enumerated() { phases[place].seconds[rank] += second }
        }
    }

    /// Keeps every n-th sample; if there are too many, removes every other one and doubles n.
    private mutating func keep(_ sample: Sample) {
        if sampleCount % sampleDistance == 0 { samples.append(sample) }
        sampleCount += 1
        guard samples.count > Self.sampleLimit else { return }
        samples = stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
        sampleDistance *= 2
    }
}
