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
    /// - Returns: how training ends, if it ends here.
    func reactToStep(endsEpoch: Bool) throws -> Outcome? {
        enter(.decision)
        let isLast = state.step == stepCount
        let due = try decide(endsEpoch: endsEpoch, isLast: isLast)
        if due.contains(.comparison) { try state.requireSameWeights(over: group) }
        var validation: Evaluation?
        var (isBest, endsEarly) = (false, false)
        if due.contains(.validation) {
            enter(.validation)
            network.load(state.usedParameters)
            let evaluation = try evaluator.evaluate(.validation)
            isBest = state.improves(evaluation.loss)
            if due.contains(.judgement) { endsEarly = try judge(evaluation.loss) && !isLast }
            validation = evaluation
        }
        if due.contains(.line) { try tell(endsEpoch: endsEpoch, validation: validation, isBest: isBest, endsEarly: endsEarly) }
        if endsEpoch { state.endEpoch() }
        enter(.save)
        if due.contains(.save) || endsEarly || (isBest && configuration.checkpoint.best) { try save(validationLoss: validation?.loss) }
        let outcome: Outcome? = isLast ? .finished : endsEarly ? .finishedEarly : due.contains(.stop) ? .stopped : nil
        if outcome != nil { report(try runWriter.finish()) }
        return outcome
    }

    /// Takes in the loss of a validation that was due. Collective.
    /// - Returns: whether training ends.
    private func judge(_ loss: Double) throws -> Bool {
        state.judge(loss)
        return try group.broadcast(state.stopping.endsTraining ? 1 : 0, from: 0) == 1
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
        if hasValidation && validationIsDue { due.insert(.judgement) }
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
        /// The validation is due by the configuration, not only at the last step.
        static let judgement = Due(rawValue: 32)
    }

    private func save(validationLoss: Double?) throws {
        let clock = ContinuousClock()
        let began = clock.now
        report(try runWriter.save(state, validationLoss: validationLoss))
        pace.saved(afterSeconds: (clock.now - began) / .seconds(1))
    }

    /// Reports a progress line, and writes it to the metrics. Collective.
    private func tell(endsEpoch: Bool, validation: Evaluation?, isBest: Bool, endsEarly: Bool) throws {
        let loss =
            endsEpoch
            ? try state.epochLoss.total(over: group) / Double(max(1, state.epochTargetCount)) : try pace.meanLoss(over: group)
        let isEvaluated = validation != nil || (endsEpoch && !hasValidation)
        let showsModel = isEvaluated && pace.sampleIsDue(isLast: state.step == stepCount || endsEarly)
        var sample: String?
        if showsModel, let sampleWriter {
            enter(.validation)
            sample = sampleWriter.text(state.usedParameters)
            enter(.decision)
        }
        let progress = try pace.progress(
            of: self, loss: loss, endsEpoch: endsEpoch, validation: validation, isBest: isBest, endsEarly: endsEarly, sample: sample)
        let histograms = showsModel && runWriter.hasLogs && configuration.log.tensorBoard ? self.histograms : []
        try runWriter.append { (logs) throws(CheckpointError) in
            try logs.append(progress, histograms: histograms, isLast: progress.isLast)
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
