import Foundation
import NumberText
import ShellText

/// The command line that started a run, used to suggest further commands.
public struct Invocation: Sendable, Equatable {
    /// The configuration file and the overridden keys, as typed.
    public let arguments: [String]

    public init(_ arguments: [String] = ["config.json"]) { self.arguments = arguments }

    /// "lstm-train play.json optimizer.learningRate=0.01 --resume runs/play --run-directory runs/play-2".
    package func command(resume: String? = nil, initialWeights: String? = nil, addsSymbols: Bool = false, runDirectory: String) -> String {
        let weights = (initialWeights.map { ["model.initialWeights=" + $0] } ?? []) + (addsSymbols ? ["model.newSymbols=initialize"] : [])
        return words(arguments + weights + (resume.map { ["--resume", $0] } ?? []) + ["--run-directory", runDirectory])
    }

    package var namesInitialWeights: Bool { arguments.contains { $0.hasPrefix("model.initialWeights=") } }

    /// A command that resumes the run at `run` up to `step`, with that run's own configuration.
    package func command(training run: String, toStep step: Int) -> String {
        words([run + "/" + RunFile.configuration, "training.steps=\(step)"])
    }

    private func words(_ words: [String]) -> String { (["lstm-train"] + words.map(\.shellWord)).joined(separator: " ") }
}

/// An unused path derived from `path`: "runs/play-2" for "runs/play".
package func unusedPath(beside path: String) -> String {
    var number = 2
    while FileManager.default.fileExists(atPath: "\(path)-\(number)") { number += 1 }
    return "\(path)-\(number)"
}
