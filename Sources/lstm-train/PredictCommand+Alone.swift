import ArgumentParser
import Batches
import Communication
import Configuration
import Datasets
import Foundation
import Inference
import Runs
import Threads

// What rank 0 answers alone: streams, series and texts.
extension PredictCommand {
    func transcribeStream(_ trained: TrainedRun, _ meaning: SequenceMeaning, _ session: Session) throws {
        let stream = try TranscriptStream(run: trained, meaning: meaning, team: ThreadTeam(threadCount: 1, spins: false))
        printNotes([stream.latencyWords])
        try stream.readStandardInput { text, isEnd in
            if !text.isEmpty || isEnd { StandardOutput.write(Data((text.withoutControls + (isEnd ? "\n" : "")).utf8)) }
            session.group.recorder.advance()
            return !StandardOutput.hasFailed
        }
    }

    func forecast(_ trained: TrainedRun, _ output: AnswerOutput) throws {
        let forecaster = try SeriesForecaster(run: trained, team: ThreadTeam(threadCount: 1, spins: false))
        let extent = ForecastExtent(rowCount: rows, pathCount: paths ?? 500, givesPaths: writePaths, seed: seed ?? 1)
        try forecaster.check(extent)
        if forecaster.scaling.loss.distribution == nil, paths != nil || seed != nil {
            throw ValidationError(
                "\(paths != nil ? "--paths" : "--seed") goes with models of distributions (training.loss \"gaussian\", \"studentT\" or \"negativeBinomial\"); this one "
                    + "draws nothing. Leave it out.")
        }
        printNotes(forecaster.notes(on: extent))
        let future = try self.future.map { $0 == "-" ? try TableFile.standardInput() : try TableFile(path: $0) }
        for input in inputs {
            let file = readsStandardInput ? try TableFile.standardInput() : try TableFile(path: input)
            for past in try forecaster.pasts(of: file, future: future, rowCount: rows) {
                printNotes(past.notes)
                try output.add(named(try forecaster.answers(after: past, of: file.name, extent: extent), input))
            }
        }
        try output.finish()
    }

    func continueLines(_ trained: TrainedRun, _ output: AnswerOutput) throws {
        let generator = try Generator(
            run: trained, sampling: SamplingOptions(temperature: temperature ?? 0), seed: seed ?? 1, team: ThreadTeam(threadCount: 1, spins: false))
        var count = 0
        for input in inputs {
            count += try generator.answerLines(ofFile: readsStandardInput ? nil : input, length: length ?? 50, firstIndex: count) { answer in
                try output.add(named([answer], input))
                return !StandardOutput.hasFailed
            }
        }
        try output.finish()
    }
}
