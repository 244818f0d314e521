import Batches
public import Communication
public import Configuration
import Datasets
import Foundation
import Kernels
import Runs
public import StrictJSON
public import Threads
import Training

/// How fast the data of a configuration are read, from their files and from their prepared form, beside a training step on them.
///
/// The files' pages may be in the system's memory already, from an earlier reading: then the disk isn't measured.
public struct DataBenchmark: Sendable {
    /// One way to read the data. Times are those of the slowest rank.
    public struct Reading: Sendable {
        public let isPrepared: Bool
        /// Until batches can be made.
        public let openSeconds: Double
        /// From the begin to the end of the first batch.
        public let firstBatchSeconds: Double
        /// Mean of the middle half of ``batchCount`` batches.
        public let batchSeconds: Double
        public let batchCount: Int
        /// Time steps of a rank's share of a batch, on average, without padding.
        public let timeStepCount: Double

        public var timeStepsPerSecond: Double { batchSeconds > 0 ? timeStepCount / batchSeconds : 0 }
    }

    /// Bytes of all files; 0 for generated data.
    public let sourceByteCount: Int
    /// Without a prepared form a single one.
    public let readings: [Reading]
    public let stepSeconds: Double
    public let rankCount: Int
    public let threadCount: Int

    /// The share of a training step in which a rank makes its batch.
    public func share(of reading: Reading) -> Double { stepSeconds > 0 ? reading.batchSeconds / stepSeconds : 0 }

    /// Bytes of the files a second, while they are read; nil for a prepared form, which isn't parsed, and for generated data.
    public func byteRate(of reading: Reading) -> Double? {
        reading.isPrepared || sourceByteCount == 0 || reading.openSeconds <= 0 ? nil : Double(sourceByteCount) / reading.openSeconds
    }

    /// Reads the data in each way, and takes training steps on them. Writes nothing. Collective.
    /// - Parameters:
    ///   - configuration: with a `data.prepared` to time that too.
    ///   - seconds: for batches of each reading, and for steps.
    public init(_ configuration: Configuration, group: any Communicator, team: ThreadTeam, seconds: Double) throws {
        var plain = configuration
        plain.data.prepared = ""
        var readings = [try Self.time(plain, isPrepared: false, group: group, seconds: seconds)]
        if !configuration.data.prepared.isEmpty { readings.append(try Self.time(configuration, isPrepared: true, group: group, seconds: seconds)) }
        self.readings = readings
        let data = try group.agree { try RunData(configuration) }
        let probe = StepProbe(configuration, dataset: data.dataset, group: group)
        stepSeconds = try probe.measure(rankCount: group.rankCount, precision: configuration.training.precision, team: team, seconds: seconds).secondsPerStep
        sourceByteCount = configuration.data.allFiles.reduce(0) { sum, path in
            sum + ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0)
        }
        (rankCount, threadCount) = (group.rankCount, team.threadCount)
    }

    private static func time(_ configuration: Configuration, isPrepared: Bool, group: any Communicator, seconds: Double) throws -> Reading {
        let plan = try configuration.shardPlan(rankCount: group.rankCount)
        let clock = ContinuousClock()
        let began = clock.now
        let dataset = try group.agree { try RunData(configuration) }.dataset
        let opened = clock.now
        let batches = dataset.batches(of: .training(epoch: 0))
        guard batches.batchCount > 0 else { throw TrainingError.emptyPart(part: "training") }
        var (times, timeStepCount): ([Double], Int) = ([], 0)
        var firstBatch = clock.now
        repeat {
            let index = times.count % batches.batchCount
            let begin = clock.now
            let batch = batches.sequences(at: plan.places(ofRank: group.rank, sequenceCount: batches.sequenceCount(ofBatch: index)), ofBatch: index)
            let end = clock.now
            if times.isEmpty { firstBatch = end }
            times.append((end - begin) / .seconds(1))
            timeStepCount += batch.lengths.reduce(0, +)
        } while (clock.now - firstBatch) / .seconds(1) < seconds && times.count < largestBatchCount
        try dataset.requireSound()
        let own = [(opened - began) / .seconds(1), (firstBatch - began) / .seconds(1), middleMean(times)]
        let slowest = try group.gatherEverywhere(own).reduce([0, 0, 0]) { zip($0, $1).map { max($0, $1) } }
        return Reading(
            isPrepared: isPrepared, openSeconds: slowest[0], firstBatchSeconds: slowest[1], batchSeconds: slowest[2], batchCount: times.count,
            timeStepCount: Double(timeStepCount) / Double(times.count))
    }

    private static let largestBatchCount = 1 << 20
}

extension DataBenchmark {
    public var json: JSONValue {
        .object([
            "sourceBytes": .integer(sourceByteCount), "ranks": .integer(rankCount), "threads": .integer(threadCount),
            "stepMilliseconds": .real(stepSeconds * 1e3),
            "readings": .list(
                readings.map { reading in
                    .object([
                        "form": .text(reading.isPrepared ? "prepared" : "files"), "openMilliseconds": .real(reading.openSeconds * 1e3),
                        "firstBatchMilliseconds": .real(reading.firstBatchSeconds * 1e3), "batchMilliseconds": .real(reading.batchSeconds * 1e3),
                        "batches": .integer(reading.batchCount), "timeStepsPerSecond": .real(reading.timeStepsPerSecond),
                        "bytesPerSecond": byteRate(of: reading).map(JSONValue.real) ?? JSONValue(.null), "shareOfStep": .real(share(of: reading)),
                    ])
                }),
        ])
    }
}
