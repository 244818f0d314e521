import Checkpoints
public import Configuration
import Datasets
import Foundation
public import Runs
public import Training

// A byte order mark at a file's start isn't a symbol. Older runs, for which it was one, keep the same data: their checkpoint's fingerprint decides.
extension RunData {
    private static let mark: UInt32 = 0xFEFF

    /// Whether the vocabulary contains the mark.
    var knowsByteOrderMark: Bool { dataset.vocabulary?.token(ofValue: Self.mark) != nil }

    /// The data of a run that will be trained in `runDirectory`, or resumed according to `resume`. Where a tokenizer's file is missing, what the run stored of it
    /// is taken.
    /// - Throws: as ``init(_:keepsByteOrderMarks:stored:)``. Errors of the run itself are reported when it is resumed.
    public init(_ configuration: Configuration, goingOnIn runDirectory: String, resume: ResumeChoice) throws {
        let tokenizer = configuration.data.tokenizer
        let lacksTokenizer = !tokenizer.isEmpty && !FileManager.default.fileExists(atPath: tokenizer)
        let earlier = lacksTokenizer ? Self.stored(runDirectory, resume) : nil
        let data = try RunData(configuration) { try earlier?.readText(named: $0) }
        self = try data.earlierReading(configuration, runDirectory, resume) ?? data
    }

    private func earlierReading(_ configuration: Configuration, _ runDirectory: String, _ resume: ResumeChoice) throws -> RunData? {
        guard dataset.meaning is Vocabulary, let earlier = Self.runKnowingMarks(runDirectory, resume),
            let run = try? TrainedRun(earlier), !run.checkpoint.hasData(fingerprint: dataset.fingerprint)
        else { return nil }
        return try withByteOrderMarks(configuration, of: run.checkpoint)
    }

    /// The directory of the run to resume from, which has what it needs of a tokenizer's file.
    private static func stored(_ runDirectory: String, _ resume: ResumeChoice) -> RunDirectory? {
        switch resume {
        case .never: nil
        case .auto: RunDirectory(runDirectory)
        case .from(let earlier): RunDirectory(Runs.runDirectory(ofCheckpoint: earlier) ?? earlier)
        }
    }

    /// The run or checkpoint to resume from, if its vocabulary contains the mark.
    private static func runKnowingMarks(_ runDirectory: String, _ resume: ResumeChoice) -> String? {
        let path: String
        switch resume {
        case .never: return nil
        case .from(let earlier): path = earlier
        case .auto: path = runDirectory
        }
        // A checkpoint lies in its run's folder checkpoints.
        for directory in [path, path + "/../.."] {
            guard let text = try? RunDirectory(directory).readText(named: Vocabulary.storedName) else { continue }
            return (try? Vocabulary(json: Array(text.utf8), file: Vocabulary.storedName))?.token(ofValue: mark) == nil ? nil : path
        }
        return nil
    }

    /// The same files with byte order marks as symbols, if `checkpoint` was trained that way.
    func withByteOrderMarks(
        _ configuration: Configuration, of checkpoint: StoredCheckpoint, stored: (_ name: String) throws -> String? = { _ in nil }
    ) throws -> RunData? {
        guard configuration.data.unit == .character else { return nil }
        let marked = try RunData(configuration, keepsByteOrderMarks: true, stored: stored)
        return checkpoint.hasData(fingerprint: marked.dataset.fingerprint) ? marked : nil
    }
}
