import Checkpoints
import Communication
import Configuration
import Datasets
import Kernels
import Layers
import Models
import Runs
import TensorBoard

// Actions after a step.
extension Trainer {
    /// Reports, validates, compares weights and saves, whatever is due. Rank 0 decides, since only its clock, signals and files count.
    /// - Returns: whether training stops before its last step.
    func reactToStep(endsEpoch: Bool) throws -> Bool {
        enter(.decision)
        let isLast = state.step == stepCount
        let due = try decide(endsEpoch: endsEpoch, isLast: isLast)
        if due.contains(.comparison) { try state.requireSameWeights(over: group) }
        var validation: Evaluation?
        var isBest = false
        if due.contains(.validation) {
            enter(.validation)
            network.load(state.parameters)
            let evaluation = try evaluator.evaluate(.validation)
            isBest = state.improves(evaluation.loss)
            validation = evaluation
        }
        if due.contains(.line) { try tell(endsEpoch: endsEpoch, validation: validation, isBest: isBest) }
        if endsEpoch { state.endEpoch() }
        enter(.save)
        if due.contains(.save) || (isBest && configuration.checkpoint.best) { try save(validationLoss: validation?.loss) }
        if due.contains(.stop) || isLast { report(try runWriter.finish()) }
        return due.contains(.stop) && !isLast
    }

    /// Decides what is due after a step. Collective.
    private func decide(endsEpoch: Bool, isLast: Bool) throws -> Due {
        var due: Due = []
        let asked = runWriter.stopIsRequested ? .stop : request()
        let training = configuration.training
        let validationIsDue = training.validateEverySteps > 0 ? state.step % training.validateEverySteps == 0 : endsEpoch
        let comparedSteps = configuration.integrity.everySteps
        if comparedSteps > 0 && state.step % comparedSteps == 0 { due.insert(.comparison) }
        if endsEpoch || isLast || pace.lineIsDue(step: state.step) { due.insert(.line) }
        if hasValidation && (validationIsDue || isLast) { due.formUnion([.validation, .line]) }
        if isLast || asked != .goOn || pace.saveIsDue(step: state.step) { due.insert(.save) }
        if asked == .stop { due.insert(.stop) }
        return Due(rawValue: try group.broadcast(due.rawValue, from: 0))
    }

    private struct Due: OptionSet {
        let rawValue: Int
        static let line = Due(rawValue: 1)
        static let validation = Due(rawValue: 2)
        static let save = Due(rawValue: 4)
        static let stop = Due(rawValue: 8)
        static let comparison = Due(rawValue: 16)
    }

    private func save(validationLoss: Double?) throws {
        let clock = ContinuousClock()
        let began = clock.now
        report(try runWriter.save(state, validationLoss: validationLoss))
        pace.saved(afterSeconds: (clock.now - began) / .seconds(1))
    }

    /// Reports a progress line, and writes it to the metrics. Collective.
    private func tell(endsEpoch: Bool, validation: Evaluation?, isBest: Bool) throws {
        let loss =
            endsEpoch
            ? try state.epochLoss.total(over: group) / Double(state.epochTargetCount) : try pace.meanLoss(over: group)
        let isEvaluated = validation != nil || (endsEpoch && !hasValidation)
        let showsModel = isEvaluated && pace.sampleIsDue(isLast: state.step == stepCount)
        var sample: String?
        if showsModel, let sampleWriter {
            enter(.validation)
            sample = sampleWriter.text(state.parameters)
            enter(.decision)
        }
        let progress = try pace.progress(of: self, loss: loss, endsEpoch: endsEpoch, validation: validation, isBest: isBest, sample: sample)
        let histograms = showsModel && runWriter.hasLogs && configuration.log.tensorBoard ? self.histograms : []
        try runWriter.append { (logs) throws(CheckpointError) in
            try logs.append(progress, histograms: histograms, isLast: progress.step == progress.stepCount)
        }
        reporter?.progressed(progress)
        report(try runWriter.finishedSave())
        pace.beginLine()
    }

    /// Histograms of each parameter's weights and of its last gradient, before it is clipped by its whole norm, or after other clipping. A skipped step has none.
    private var histograms: [(tag: String, histogram: Histogram)] {
        ([("weights", state.parameters)] + (state.lastStepWasSkipped ? [] : [("gradients", gradient)])).flatMap { name, values in
            network.layout.parameters.map { parameter in
                (tag: "\(name)/\(parameter.name)", histogram: parameter.view(in: values).withSpan { Histogram($0) })
            }
        }
    }

    private func report(_ checkpoint: CommittedCheckpoint?) {
        for error in runWriter.drainSaveErrors() { reporter?.failedToSave(error) }
        if let checkpoint { reporter?.saved(checkpoint) }
    }
}

extension Trainer {
    /// Records the current phase, for hang reports and phase times.
    func enter(_ phase: TrainingPhase) {
        group.recorder.begin(phase.words, step: state.step + 1, patience: phase.patience)
        phaseClock.enter(phase)
    }
}
