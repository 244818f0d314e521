import Batches
import Checkpoints
import Communication
import Configuration
import Files
import Foundation
import Kernels
import Measurement
import Runs
import Threads
import Training

/// Runs doctor's measurements one after the other, and prints each result immediately.
struct DoctorExamination {
    let session: Session
    let configuration: Configuration
    let data: RunData
    let team: ThreadTeam
    /// Duration of the measurement for each number of ranks.
    let seconds: Double
    let tells: Bool

    private var group: any Communicator { session.group }

    /// Collective.
    /// - Returns: the diagnosis on rank 0; nil on the others.
    func examine(runDirectory: String, network: NodeNetwork, arguments: [String]) throws -> Diagnosis? {
        let ranks = try RankFacts(rank: group.rank, team: team).everywhere(over: group)
        let machine = MachineFacts.current()
        let model = ModelFacts(configuration, dataset: data.dataset, rankCount: group.rankCount)
        show(DoctorText.machine(machine, ranks: ranks) + [DoctorText.mpi(try mpiLibraryVersion())])
        let (corePeak, wholePeak) = try peaks()
        show([DoctorText.peak(core: corePeak, whole: wholePeak, precision: configuration.training.precision)])
        let memory = try memoryByteRate(machine)
        show([DoctorText.memory(memory)])
        var failures: [Advice] = []
        let disk = examineDisk(runDirectory, failures: &failures)
        show((disk.map { [DoctorText.disk($0)] } ?? []) + [DoctorText.model(model)])
        let fits = model.leastByteCount * Double(LaunchEnvironment.current().localRankCount) < Double(machine.availableByteCount)
        let fitsAlone = ModelFacts(configuration, dataset: data.dataset, rankCount: 1).leastByteCount < Double(machine.availableByteCount)
        // Rank 0's memory decides for all.
        let steps = try group.broadcast(fits ? 1 : 0, from: 0) == 1 ? measureSteps(arguments: arguments, fitsAlone: fitsAlone, failures: &failures) : nil
        guard session.isRoot else { return nil }
        let hostCount = Set(ranks.map(\.host)).count
        let measuredNetwork = hostCount > 1 ? steps?.groups.first.map { NodeNetwork.measured($0.sums) } : nil
        let forecast = steps.map {
            StepForecast(base: $0.base, alone: $0.alone, groups: $0.groups, hostCount: hostCount, network: measuredNetwork ?? network)
        }
        let diagnosis = Diagnosis(
            model: model, machine: machine, ranks: ranks, corePeak: corePeak, wholePeak: wholePeak, memoryByteRate: memory, disk: disk,
            otherPrecision: steps?.otherPrecision, groups: steps?.groups ?? [], forecast: forecast ?? StepForecast(), failures: failures)
        show(DoctorText.sums(diagnosis.groups) + DoctorText.forecast(diagnosis.forecast, network: measuredNetwork ?? network))
        show(DoctorText.advice(diagnosis.advice))
        return diagnosis
    }

    /// Tests the disk on rank 0, which writes the run; nil if it isn't writable.
    private func examineDisk(_ runDirectory: String, failures: inout [Advice]) -> DiskFacts? {
        guard session.isRoot else { return nil }
        do { return try DiskFacts(runDirectory: runDirectory) } catch {
            failures.append(.diskRefuses(words: "\(error)"))
            return nil
        }
    }

    private func show(_ lines: [String]) {
        guard tells else { return }
        for line in lines { printLine(line) }
        fflush(nil)
    }

    /// Peak GFLOP/s of one core, and of all threads of all ranks at once.
    private func peaks() throws -> (core: Double, whole: Double) {
        let precision = configuration.training.precision
        let core = session.isRoot ? MachinePeak.multiplyAddRate(of: ThreadTeam(threadCount: 1, spins: false), precision: precision) : 0
        try group.barrier()
        let own = MachinePeak.multiplyAddRate(of: team, precision: precision)
        return (core, try group.gatherEverywhere([own]).reduce(0) { $0 + $1[0] })
    }

    /// Memory bandwidth of all ranks at once.
    private func memoryByteRate(_ machine: MachineFacts) throws -> Double {
        let localRankCount = LaunchEnvironment.current().localRankCount
        try group.barrier()
        let own = MemoryBandwidth(
            team: team, cacheByteCount: machine.cacheByteCount / localRankCount, availableByteCount: machine.availableByteCount / localRankCount)
        return try group.gatherEverywhere([own.byteRate]).reduce(0) { $0 + $1[0] }
    }

    // MARK: Steps

    private struct Steps {
        var base: StepTiming
        var alone: [StepTiming] = []
        var otherPrecision: StepTiming?
        var groups: [GroupMeasurement] = []
    }

    private func measureSteps(arguments: [String], fitsAlone: Bool, failures: inout [Advice]) throws -> Steps {
        let counts = ShardPlan.allowedRankCounts(shardCount: configuration.parallelism.shards)
        guard group.rankCount == 1 else { return try measureThisGroup(counts, fitsAlone: fitsAlone) }
        var steps = Steps(base: try time(threads: 1))
        if team.threadCount > 1 { steps.alone.append(try time(threads: team.threadCount)) }
        let other: Precision = configuration.training.precision == .float32 ? .bfloat16 : .float32
        if other == .float32 || PairSpeed.measured.besideFloat32 > 0.9 { steps.otherPrecision = try time(threads: team.threadCount, precision: other) }
        for count in counts where count > 1 { steps.alone.append(try time(threads: team.threadCount, rankCount: count)) }
        let groups = counts.filter { $0 > 1 && $0 <= usableCoreCount() }
        for count in groups {
            // Only the largest group is measured as a part of several machines.
            let measured = count == groups.last ? counts.filter { $0 % count == 0 } : [count]
            do { steps.groups.append(try start(rankCount: count, measured: measured, arguments: arguments)) } catch let advice as Refusal {
                failures.append(advice.advice)
                break
            }
        }
        return steps
    }

    /// Measures as part of a group: first rank 0 alone for comparison, if it has the memory for the whole batch, then all ranks.
    private func measureThisGroup(_ counts: [Int], fitsAlone: Bool) throws -> Steps {
        let base = try group.agree { session.isRoot && fitsAlone ? try time(threads: 1) : nil }
        let multiples = counts.filter { $0 >= group.rankCount && $0 % group.rankCount == 0 }
        let measurement = try GroupMeasurement(
            configuration, dataset: data.dataset, rankCounts: multiples.isEmpty ? [group.rankCount] : multiples, group: group, team: team, seconds: seconds)
        // Only rank 0's result is shown.
        return Steps(base: base ?? measurement.steps[0], groups: [measurement])
    }

    /// Times steps of this process alone, with the part of one of `rankCount` ranks.
    private func time(threads: Int, rankCount: Int = 1, precision: Precision? = nil) throws -> StepTiming {
        let team = threads == team.threadCount ? team : ThreadTeam(threadCount: threads, spins: false)
        return try StepProbe(configuration, dataset: data.dataset, group: SingleProcess()).measure(
            rankCount: rankCount, precision: precision ?? configuration.training.precision, team: team, seconds: seconds)
    }

    /// Starts a group of this program, and parses its output.
    private func start(rankCount: Int, measured: [Int], arguments: [String]) throws -> GroupMeasurement {
        guard ProgramLaunch.mpirun != nil else { throw Refusal(advice: .noLauncher) }
        let list = measured.map(String.init).joined(separator: ",")
        let launch = ProgramLaunch(rankCount: rankCount, arguments: ["doctor"] + arguments + ["--seconds", "\(seconds)", "--measure-group", list])
        let (_, text) = try launch.run()
        guard let measurement = GroupMeasurement(textEndingInJSON: text) else {
            throw Refusal(advice: .groupFailed(rankCount: rankCount, words: text.trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        return measurement
    }
}

/// The reason why a group wasn't measured.
private struct Refusal: Error {
    let advice: Advice
}
