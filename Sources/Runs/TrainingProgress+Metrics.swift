import Datasets
import StrictJSON

// The numbers of a progress line in one list, from which metrics, events and gauges are made.
extension TrainingProgress {
    /// A number of a line: its key in the metrics, TensorBoard's tag, and a description.
    struct Scalar {
        let key: String
        let tag: String
        let value: Double
        let meaning: String
    }

    /// The numbers of a line, in the order of the metrics.
    var scalars: [Scalar] {
        func scalar(_ key: String, _ tag: String, _ value: Double?, _ meaning: String) -> Scalar? {
            value.map { Scalar(key: key, tag: tag, value: $0, meaning: meaning) }
        }
        return [
            endsEpoch
                ? scalar("epochLoss", "loss/epoch", loss, "Mean training loss of the last epoch.")
                : scalar("loss", "loss/training", loss, "Mean training loss since the line before."),
            scalar("validationLoss", "loss/validation", validation?.loss, "Validation loss."),
        ].compactMap { $0 } + validationScalars + [
            scalar("learningRate", "training/learning_rate", learningRate, "Learning rate."),
            scalar("gradientNorm", "training/gradient_norm", gradientNorm, "Norm of the last gradient, before clipping."),
            scalar("timeStepsPerSecond", "speed/time_steps_per_second", timeStepsPerSecond, "Time steps of all ranks' sequences, a second."),
            scalar("sequencesPerSecond", "speed/sequences_per_second", sequencesPerSecond, "Sequences of all ranks, a second."),
            scalar("peakShare", "speed/peak_share", peakShare, "Multiply-adds executed a second, by the peak of all ranks' threads."),
            scalar("elapsedSeconds", "time/elapsed_seconds", elapsedSeconds, "Seconds since this process began to train."),
            scalar("saveSeconds", "time/save_seconds", saveSeconds > 0 ? saveSeconds : nil, "Seconds that saves stopped training for since the line before."),
        ].compactMap { $0 }
    }

    private var validationScalars: [Scalar] {
        (validation?.values ?? []).compactMap { value in
            value.metric.log.map { Scalar(key: $0.key, tag: $0.tag, value: value.model, meaning: $0.meaning) }
        }
    }

    /// A line of `metrics.jsonl`.
    var metrics: JSONValue {
        var members = [JSONMember(key: "step", value: .integer(step)), JSONMember(key: "epoch", value: .integer(epoch))]
        members += scalars.map { JSONMember(key: $0.key, value: .real($0.value)) }
        let phases = PhaseTimes.phaseNames.enumerated().map { index, name in
            // Rounded to a microsecond, below which there is only noise.
            JSONMember(key: name, value: .list(phaseTimes.seconds(ofPhase: index).map { .real(($0 * 1e6).rounded() / 1e6) }))
        }
        members.append(JSONMember(key: "phaseSeconds", value: JSONValue(.object(phases))))
        if let resumedFromStep { members.append(JSONMember(key: "resumedFromStep", value: .integer(resumedFromStep))) }
        if let sample { members.append(JSONMember(key: "sample", value: .text(sample))) }
        return JSONValue(.object(members))
    }
}
