import Checkpoints
import Files
import Foundation
import Kernels
import Measurement
import Runs
import StrictJSON
import Testing
import Training

@Suite("Diagnosis")
struct DiagnosisTests {
    @Test("a step's parts are the slowest rank's passes, the shortest wait in the sum, and means of the middle half")
    func timing() {
        // Passes, sum, optimizer of four steps; the last is disturbed.
        let first = [1.0, 0.5, 0.2, 1, 0.5, 0.2, 1, 0.5, 0.2, 9, 7, 8]
        let second = [1.4, 0.1, 0.2, 1.4, 0.1, 0.2, 1.4, 0.1, 0.2, 9, 7, 8]
        let timing = StepTiming(timesOfRanks: [first, second], rankCount: 2, threadCount: 3, precision: .float32, parameterCount: 10)
        #expect(timing.stepCount == 4 && timing.measuredRankCount == 2)
        #expect(timing.computeSeconds == 1.4 && timing.sumSeconds == 0.1 && timing.optimizerSeconds == 0.2)
        // Half of four ranks: their waiting isn't a sum.
        #expect(StepTiming(timesOfRanks: [first, second], rankCount: 4, threadCount: 3, precision: .float32, parameterCount: 10).sumSeconds == 0)
    }

    @Test("a sum's time is interpolated between measured points, and uses the last one's rate beyond it")
    func sumCurve() {
        let curve = SumCurve(rankCount: 2, points: [.init(floatCount: 1, seconds: 1e-6), .init(floatCount: 100, seconds: 1e-4)])
        #expect(curve.latencySeconds == 1e-6 && curve.byteRate == 4e6)
        for (count, seconds) in [(0, 1e-6), (1, 1e-6), (10, 1e-5), (100, 1e-4), (1000, 1e-3)] {
            #expect(abs(curve.seconds(floatCount: count) / seconds - 1) < 1e-9, "\(count)")
        }
    }

    @Test("a group's measurements survive a JSON round trip, among other text")
    func roundTrip() throws {
        let measurement = GroupMeasurement(sums: curve, steps: [timing(ranks: 2), timing(ranks: 4, measured: 2)])
        let text = "mpirun has something to say\n\(measurement.json.serialized())\nand again\n"
        #expect(GroupMeasurement(textEndingInJSON: text) == measurement)
        for broken in ["", "no brace", "{}", #"{"sums": {"ranks": 2, "sums": []}, "steps": []}"#, "{\"sums\""] {
            #expect(GroupMeasurement(textEndingInJSON: broken) == nil, "\(broken)")
        }
    }

    @Test("the network's part of the sum is 0 within a machine, otherwise the bytes over its link and a ring's messages")
    func network() {
        let network = NodeNetwork.assumed(gigabits: 8, microseconds: 10)
        #expect(network.seconds(floatCount: 1000, rankCount: 4, ranksPerNode: 4) == 0)
        // Two ranks: 2 · ½ of 4 MB at 1 GB/s, and two messages.
        #expect(abs(network.seconds(floatCount: 1_000_000, rankCount: 2, ranksPerNode: 1) - (4e-3 + 20e-6)) < 1e-9)
        // Two ranks on each of two machines: each sends half of 2 · 4 MB to the other machine, over one link; six messages.
        #expect(abs(network.seconds(floatCount: 1_000_000, rankCount: 4, ranksPerNode: 2) - (8e-3 + 60e-6)) < 1e-9)
        // Measured on the same number of ranks.
        #expect(abs(NodeNetwork.measured(curve).seconds(floatCount: 100, rankCount: 2, ranksPerNode: 1) - 1e-4) < 1e-12)
    }

    @Test("a forecast sorts its rows, adds the network for several machines, and computes efficiency per core")
    func forecast() throws {
        let base = timing(ranks: 1, threads: 1, compute: 1)
        let alone = [timing(ranks: 1, threads: 2, compute: 0.5), timing(ranks: 2, measured: 1, threads: 2, compute: 0.25)]
        let group = GroupMeasurement(sums: curve, steps: [timing(ranks: 2, threads: 1, compute: 0.5, sum: 0.1), timing(ranks: 4, measured: 2, threads: 1, compute: 0.2)])
        let forecast = StepForecast(base: base, alone: alone, groups: [group], hostCount: 1, network: .assumed(gigabits: 1, microseconds: 1000))
        #expect(forecast.rows.map { [$0.nodeCount, $0.rankCount, $0.threadCount] } == [[1, 1, 1], [1, 1, 2], [1, 2, 1], [2, 2, 2], [2, 4, 1]])
        #expect(forecast.rows.map(\.isMeasured) == [true, true, true, false, false])
        #expect(forecast.rows[0].efficiency == 1 && forecast.rows[1].efficiency == 1)
        #expect(forecast.rows[2].secondsPerStep == 0.6 && forecast.rows[2].sumShare == 0.1 / 0.6)
        // 100 floats: two messages of a millisecond, and 400 bytes.
        #expect(abs(forecast.rows[3].sumSeconds - (2e-3 + 3200 / 1e9)) < 1e-9)
        #expect(abs(forecast.rows[4].sumSeconds - (1e-4 + 6e-3 + 2 * 3200 / 1e9)) < 1e-9)
        #expect(forecast.fastestMeasured?.threadCount == 2)
        #expect(forecast.sufficient?.coreCount == 4)
    }

    @Test("a healthy machine gets no warning, and each problem gets its own")
    func advice() {
        let usual = diagnosis().advice.filter { (advice: Advice) -> Bool in advice.isWarning }
        #expect(usual == (unusedInstructionSets().isEmpty ? [] : [Advice.rebuild(unused: unusedInstructionSets())]))
        let bound = RankFacts(rank: 0, host: "a", cores: "0", coreCount: 1, coreShare: 4, localRankCount: 2, threadCount: 1)
        #expect(diagnosis(ranks: [bound]).advice.contains(.bind(rank: 0, coreCount: 1, share: 4, flag: "--map-by socket:PE=4, or --bind-to none")))
        #expect(diagnosis(busyCoreCount: 1.5).advice.contains(.busyMachine(busyCoreCount: 1.5, coreCount: 4)))
        #expect(diagnosis(coreLimit: 1.5).advice.contains(.coreLimit(limit: 1.5, threadCount: 4)))
        #expect(diagnosis(availableByteCount: 100).advice.contains(.littleMemory(wantedByteCount: 1000, availableByteCount: 100, way: "raise training.accumulate")))
        #expect(diagnosis(batch: 5).advice.contains(.emptyShards(batch: 5, shardCount: 8)))
        let full = DiskFacts(path: "here", fileSystemType: "ext4", freeByteCount: 4999, writeSeconds: 0.01)
        #expect(diagnosis(disk: full).advice.contains(.littleSpace(wantedByteCount: 5000, freeByteCount: 4999, path: "here")))
        let slow = DiskFacts(path: "here", fileSystemType: "tmpfs", freeByteCount: 5001, writeSeconds: 2)
        let slowAdvice = diagnosis(disk: slow).advice
        #expect(slowAdvice.contains(.volatileDisk(path: "here")) && slowAdvice.contains(.slowDisk(seconds: 2, path: "here")))
        #expect(diagnosis(threadSpeedup: 1.1).advice.contains { if case .tooManyThreads(4, _) = $0 { true } else { false } })
        let quick = timing(ranks: 1, threads: 4, compute: 0.1, precision: .bfloat16)
        #expect(diagnosis(otherPrecision: quick).advice.contains { if case .useBFloat16 = $0 { true } else { false } })
    }

    @Test("every advice is a sentence with numbers")
    func words() {
        let advice: [(Advice, [String])] = [
            (.bind(rank: 3, coreCount: 1, share: 8, flag: "--bind-to none"), ["rank 3", "1 of its 8 cores", "mpirun --bind-to none"]),
            (.enoughNodes(nodeCount: 2, mostNodes: 8, sumShare: 0.6), ["more than 2 machines", "60 %", "training.batch"]),
            (.littleSpace(wantedByteCount: 3e9, freeByteCount: 1e9, path: "runs"), ["3 GB", "1 GB", "checkpoint.keep"]),
            (.littleMemory(wantedByteCount: 3e9, availableByteCount: 1e9, way: "raise training.accumulate"), ["3 GB", "1 GB", "raise training.accumulate, or"]),
            (.coreLimit(limit: 2.5, threadCount: 8), ["2.5 cores", "parallelism.threads=2"]),
            (.useBFloat16(speedup: 1.614), ["1.61 times", "bfloat16"]),
        ]
        for (advice, words) in advice {
            for word in words { #expect("\(advice)".contains(word), "\(advice)") }
        }
    }

    @Test("Linux's own figures are parsed: limits, sizes, ticks and mounts")
    func linux() {
        #expect(ControlGroup.coreCount("150000 100000\n") == 1.5 && ControlGroup.coreCount("max 100000\n") == nil && ControlGroup.coreCount("") == nil)
        #expect(MachineFacts.byteCount("32768K\n") == 32 << 20 && MachineFacts.byteCount("") == nil)
        let (before, after) = (ProcessorTicks("cpu  10 0 10 100 0 0 0 0 0 0\ncpu0 1"), ProcessorTicks("cpu  30 0 20 170 0 0 0 0 0 0\n"))
        #expect(after.busyShare(since: before) == 0.3 && before.busyShare(since: before) == 0)
        let mounts = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            30 22 0:26 / /data rw - nfs4 server:/data rw
            31 30 0:27 / /data/scratch rw - tmpfs tmpfs rw
            """
        for (path, type) in [("/home/a", "ext4"), ("/data", "nfs4"), ("/data/runs", "nfs4"), ("/data/scratch/a", "tmpfs"), ("/database", "ext4")] {
            #expect(DiskFacts.fileSystemType(ofDirectory: path, mounts: mounts) == type, "\(path)")
        }
    }

    @Test("the disk is tested in the nearest existing directory, and no file remains")
    func disk() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "lstm-train-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let facts = try DiskFacts(runDirectory: place + "/runs/a")
        #expect(facts.path == place && facts.freeByteCount > 0 && facts.writeSeconds > 0 && facts.fileSystemType != "unknown")
        #expect(throws: FileError.self) { try DiskFacts(runDirectory: "/proc/lstm-train") }
    }

    // MARK: Examples

    private let curve = SumCurve(rankCount: 2, points: [.init(floatCount: 1, seconds: 1e-6), .init(floatCount: 100, seconds: 1e-4)])

    private func timing(
        ranks: Int, measured: Int? = nil, threads: Int = 1, compute: Double = 1, sum: Double = 0, precision: Precision = .float32
    ) -> StepTiming {
        StepTiming(
            timesOfRanks: Array(repeating: [compute, sum, 0], count: measured ?? ranks), rankCount: ranks, threadCount: threads, precision: precision,
            parameterCount: 100)
    }

    private func diagnosis(
        ranks: [RankFacts]? = nil, busyCoreCount: Double = 0, coreLimit: Double? = nil, availableByteCount: Int = 1 << 30, batch: Int = 32,
        disk: DiskFacts = DiskFacts(path: "here", fileSystemType: "ext4", freeByteCount: 1 << 30, writeSeconds: 0.01), threadSpeedup: Double = 4,
        otherPrecision: StepTiming? = nil
    ) -> Diagnosis {
        Diagnosis(
            model: ModelFacts(
                parameterCount: 100, batch: batch, timeCount: 10, shardCount: 8, leastByteCount: 1000, memoryAdvice: "raise training.accumulate",
                checkpointByteCount: 1000, runByteCount: 5000),
            machine: MachineFacts(
                processor: "any", coreCount: 4, coreLimit: coreLimit, memoryByteCount: 1 << 31, availableByteCount: availableByteCount,
                cacheByteCount: 1 << 20, busyCoreCount: busyCoreCount),
            ranks: ranks ?? [RankFacts(rank: 0, host: "a", cores: "0-3", coreCount: 4, coreShare: 4, localRankCount: 1, threadCount: 4)],
            corePeak: 100, wholePeak: 400, memoryByteRate: 1e10, disk: disk, otherPrecision: otherPrecision, groups: [],
            forecast: StepForecast(
                base: timing(ranks: 1, threads: 1, compute: 1), alone: [timing(ranks: 1, threads: 4, compute: 1 / threadSpeedup)], groups: [], hostCount: 1,
                network: .assumed(gigabits: 10, microseconds: 30)),
            failures: [])
    }
}
