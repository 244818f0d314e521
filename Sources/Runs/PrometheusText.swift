/// The latest metrics of a run in Prometheus's text format (version 0.0.4), for node_exporter's textfile collector.
package struct PrometheusText {
    static let fileName = "metrics.prom"

    let progress: TrainingProgress
    /// The run directory, the label that distinguishes runs.
    let run: String

    var text: String {
        var lines = gauge("step", Double(progress.step), "Optimizer steps taken.")
        lines += gauge("steps", Double(progress.stepCount), "Optimizer steps to take.")
        lines += gauge("epoch", Double(progress.epoch), "Epochs, counted from 1.")
        lines += gauge("seconds_left", progress.secondsLeft, "Seconds that the rest will take at this speed.")
        for scalar in progress.scalars { lines += gauge(Self.name(scalar.key), scalar.value, scalar.meaning) }
        lines += ["# HELP lstm_train_phase_seconds Seconds of each rank in each phase since the line before.", "# TYPE lstm_train_phase_seconds gauge"]
        for (phase, name) in PhaseTimes.phaseNames.enumerated() {
            for (rank, seconds) in progress.phaseTimes.seconds(ofPhase: phase).enumerated() {
                lines.append("lstm_train_phase_seconds{run=\"\(label)\",phase=\"\(name)\",rank=\"\(rank)\"} \(seconds)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func gauge(_ name: String, _ value: Double, _ meaning: String) -> [String] {
        let name = "lstm_train_" + name
        let number = value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : value.description
        return ["# HELP \(name) \(meaning)", "# TYPE \(name) gauge", "\(name){run=\"\(label)\"} \(number)"]
    }

    /// The label's value, with backslash, quote and line feed escaped.
    private var label: String {
        // By scalars, since a quote with a combining accent, or CR LF, is one character.
        run.unicodeScalars.reduce(into: "") { label, scalar in
            switch scalar {
            case "\\", "\"": label += "\\" + String(scalar)
            case "\n": label += "\\n"
            default: label.unicodeScalars.append(scalar)
            }
        }
    }

    /// "timeStepsPerSecond" as "time_steps_per_second".
    private static func name(_ key: String) -> String {
        key.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
