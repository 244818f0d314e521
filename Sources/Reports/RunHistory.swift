public import Checkpoints
public import Charts
import StrictJSON

/// What a run's `metrics.jsonl` tells: each figure over the steps, its resumes, the text it wrote, where its time went.
public struct RunHistory: Sendable {
    /// A figure of the lines; the raw value is its key there.
    public enum Curve: String, CaseIterable, Sendable {
        case loss, epochLoss, validationLoss, validationAccuracy, validationAbsoluteError, learningRate, gradientNorm, timeStepsPerSecond
    }

    public struct Sample: Sendable, Equatable {
        public let step: Int
        public let text: String
    }

    /// A phase's seconds over the whole run, one number a rank.
    public struct Phase: Sendable, Equatable {
        public let name: String
        public var seconds: [Double]
    }

    private var curves: [Curve: [Point]] = [:]
    /// Lines with a figure that isn't finite, which the log has as null.
    public private(set) var notFiniteCount = 0
    /// Steps that the run went on from after it had stopped.
    public private(set) var resumes: [Int] = []
    public private(set) var samples: [Sample] = []
    public private(set) var phases: [Phase] = []
    public private(set) var lineCount = 0
    /// Lines that can't be read.
    public private(set) var unreadableCount = 0
    public private(set) var lastStep = 0
    public private(set) var lastEpoch = 0
    /// Seconds of training up to each line, those of all starts together.
    private var clock: [Point] = []
    private var lastTimedStep = 0
    private var secondsOfEarlierStarts = 0.0
    private var secondsOfThisStart = 0.0
    /// Samples are kept from every so many of them.
    private var sampleDistance = 1
    private var sampleCount = 0

    /// Samples that are kept at most, from the whole run evenly.
    private static let sampleLimit = 64

    /// Reads the metrics of a run. Cost: one pass over the log, in memory of some ten numbers a line.
    public init(_ run: RunDirectory) throws(CheckpointError) {
        var history = RunHistory()
        history.unreadableCount = try run.visitMetrics { step, line in history.add(line, step: step) }
        self = history
    }

    private init() {}

    /// Points of a figure, by step.
    public subscript(curve: Curve) -> [Point] { curves[curve] ?? [] }

    /// Points of a figure, by seconds of training.
    public func overTime(_ curve: Curve) -> [Point] {
        var place = 0
        return self[curve].map { point in
            while place < clock.count - 1, clock[place].x < point.x { place += 1 }
            return Point(clock.isEmpty ? 0 : clock[place].y, point.y)
        }
    }

    /// The lowest validation loss, the earlier of equals.
    public var bestValidation: Point? { self[.validationLoss].min { $0.y < $1.y } }

    /// Seconds of training, of all starts together.
    public var trainedSeconds: Double { secondsOfEarlierStarts + secondsOfThisStart }

    // MARK: Reading

    private mutating func add(_ line: JSONValue, step: Int) {
        lineCount += 1
        lastStep = step
        lastEpoch = line["epoch"]?.integerValue ?? lastEpoch
        var isFinite = true
        for curve in Curve.allCases {
            guard let value = line[curve.rawValue] else { continue }
            // Earlier versions divided by almost nothing where no time was measured.
            if curve == .timeStepsPerSecond, let speed = value.realValue, speed > 1e11 { continue }
            if let number = value.realValue { curves[curve, default: []].append(Point(Double(step), number)) } else { isFinite = false }
        }
        if !isFinite { notFiniteCount += 1 }
        countTime(line, step: step)
        countPhases(line)
        if let text = line["sample"]?.stringValue { keep(Sample(step: step, text: text)) }
    }

    /// A run that went on says from where; an older one's clock begins again.
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

    /// Keeps a sample if its turn has come; where there are too many, every other one goes.
    private mutating func keep(_ sample: Sample) {
        if sampleCount % sampleDistance == 0 { samples.append(sample) }
        sampleCount += 1
        guard samples.count > Self.sampleLimit else { return }
        samples = stride(from: 0, to: samples.count, by: 2).map { samples[$0] }
        sampleDistance *= 2
    }
}
