import ArgumentParser
import Communication
import Datasets
import Inference
import NumberText
import Runs
import StrictJSON
import Threads

/// What a model of transcripts says of a part: how it was searched for, and the sequences with the most errors.
struct TranscriptText {
    let transcripts: [PredictedTranscript]
    private let task: TranscriptTask
    private let places: [String]
    private let worst: [(example: Int, errorCount: Int)]
    private let beam: Int?
    private let decoding: TranscriptDecoding?

    private static let worstCount = 5

    /// Nil for a model of something else. Collective.
    /// - Parameter beam: beginnings that the search keeps; nil for the likeliest symbol of each time step.
    init?(_ trained: TrainedRun, _ part: DataPart, _ data: RunData, beam: Int?, usesLanguage: Bool, _ group: any Communicator, _ team: ThreadTeam) throws {
        guard let sequences = data.dataset as? LabelledSequences, let task = sequences.task as? TranscriptTask,
            let meaning = sequences.meaning as? SequenceMeaning
        else {
            if beam != nil || !usesLanguage {
                throw ValidationError("--beam and --without-language go with models of transcripts (data.target \"transcript\"). Leave them out.")
            }
            return nil
        }
        let found = try group.agree { try trained.transcriptSearch(width: beam ?? 1, usesLanguage: usesLanguage, meaning: meaning) }
        try RankAgreement([("the run's n-gram", found.decoding?.words ?? "")]).check(over: group)
        (self.task, self.beam, decoding) = (task, beam.flatMap { $0 > 1 ? $0 : nil }, found.decoding)
        transcripts = try trained.transcripts(of: part, data: data, search: found.search, group: group, team: team)
        worst = transcripts.worst(limit: Self.worstCount)
        places = worst.map { sequences.place(ofExample: $0.example, in: part) }
    }

    private func texts(_ example: Int) -> (reference: String, answer: String) {
        (task.text(transcripts[example].target), task.text(transcripts[example].predicted))
    }

    var lines: [String] {
        var lines = beam.map { ["  " + "search".padded(to: 38) + "\($0) beginnings" + (decoding.map { ", \($0.words)" } ?? "")] } ?? []
        guard !worst.isEmpty else { return lines }
        lines.append("the most errors:")
        for (place, found) in zip(places, worst) {
            let texts = texts(found.example)
            lines.append("  \(place): \(counted(found.errorCount, "error"))")
            lines.append("    true    \(JSONValue.printable(texts.reference, scalarCount: 200))")
            lines.append("    found   \(JSONValue.printable(texts.answer, scalarCount: 200))")
        }
        return lines
    }

    var members: [JSONMember] {
        let list = zip(places, worst).map { place, found in
            let texts = texts(found.example)
            return JSONValue.object([
                "where": .text(place), "reference": .text(texts.reference), "answer": .text(texts.answer), "errors": .integer(found.errorCount),
            ])
        }
        let search = beam.map { beam in
            [
                JSONMember(key: "beam", value: .integer(beam)), JSONMember(key: "alpha", value: decoding.map { .real($0.alpha) } ?? JSONValue(.null)),
                JSONMember(key: "beta", value: decoding.map { .real($0.beta) } ?? JSONValue(.null)),
            ]
        }
        return (search ?? []) + [JSONMember(key: "worst", value: .list(list))]
    }
}
