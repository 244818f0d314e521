import Batches
import StrictJSON

/// The symbols of a sequence, not aligned with its time steps: connectionist temporal classification at every step, whose output 0 is the blank.
public struct TranscriptTask: LearningTask {
    /// In the order of the outputs from 1.
    public let symbols: [String]
    public let unit: TranscriptUnit
    /// What is said without a model.
    private let usual: [Int32]

    public init(symbols: [String], unit: TranscriptUnit, usual: [Int32] = []) {
        (self.symbols, self.unit, self.usual) = (symbols, unit, usual)
    }

    public var output: OutputDescription { OutputDescription(count: symbols.count + 1, isEveryStep: true, loss: .ctc) }

    /// The output that is a blank between words; nil if symbols aren't characters, or none is one.
    private var wordEnd: Int32? { unit == .word ? nil : symbols.firstIndex(of: " ").map { Int32($0 + 1) } }

    public var metrics: [Metric] {
        let counts = TranscriptCounts(wordEnd: wordEnd)
        return [.lossOfSymbols, counts.symbolErrorRate(unit)] + (wordEnd == nil ? [] : [counts.wordErrorRate])
            + [counts.rightTranscripts, counts.substitutions, counts.deletions, counts.insertions]
    }

    /// The most frequent transcript of training, or the empty one. It has no probability, and so no loss.
    public var baseline: Baseline {
        let usual = usual
        let text = JSONValue.printable(text(usual), scalarCount: 12)
        return Baseline(title: usual.isEmpty ? "the empty transcript" : "always '\(text)'", isGuess: false, knownLoss: nil) { batch in
            guard case .transcripts(let targets)? = batch.target else { return [] }
            return targets.map { target in
                var outcome = SequenceOutcome(loss: .nan, rightCount: target == usual ? 1 : 0)
                outcome.transcript = PredictedTranscript(target: target, predicted: usual)
                return outcome
            }
        }
    }

    public var uses: Set<ModelUse> { [.transcribe] }
    public var display: PredictionDisplay { .transcripts }
    public var name: String { "transcription" }

    /// Outputs as a text.
    public func text(_ outputs: [Int32]) -> String { unit.text(outputs.map { symbols[Int($0) - 1] }) }
}

/// The true and the decoded symbols of a sequence: outputs, each at least 1.
public struct PredictedTranscript: Sendable, Equatable {
    public let target: [Int32]
    public let predicted: [Int32]

    public init(target: [Int32], predicted: [Int32]) { (self.target, self.predicted) = (target, predicted) }
}

/// What is counted of decoded transcripts, and the metrics made of it.
struct TranscriptCounts {
    /// The output that separates words; nil for none.
    let wordEnd: Int32?

    private enum Key: Int { case substitutions, deletions, insertions, symbols, wordErrors, words, right, transcripts }

    private var rule: TallyRule {
        let wordEnd = wordEnd
        return TallyRule(name: "transcripts", detail: .transcripts) { outcome, tally in
            guard let (target, predicted) = outcome.transcript.map({ ($0.target, $0.predicted) }) else { return }
            func add(_ count: Int, _ key: Key) { tally.add(count, to: key.rawValue) }
            let counts = EditCounts(from: target, to: predicted)
            add(counts.substitutions, .substitutions)
            add(counts.deletions, .deletions)
            add(counts.insertions, .insertions)
            add(target.count, .symbols)
            add(counts.errorCount == 0 ? 1 : 0, .right)
            add(1, .transcripts)
            guard let wordEnd else { return }
            let words = [target, predicted].map { $0.split(separator: wordEnd) }
            add(EditCounts(from: words[0], to: words[1]).errorCount, .wordErrors)
            add(words[0].count, .words)
        }
    }

    private func share(_ keys: [Key], of whole: Key) -> @Sendable (Tally) -> Double {
        { tally in Double(keys.reduce(0) { $0 + tally[$1.rawValue] }) / Double(max(1, tally[whole.rawValue])) }
    }

    /// Errors for each true symbol, which may be above 1.
    func symbolErrorRate(_ unit: TranscriptUnit) -> Metric {
        let isCharacter = unit == .character
        let name = isCharacter ? "character" : "symbol"
        return Metric(
            key: name + "ErrorRate", title: name + " error rate", unit: .share,
            log: Metric.Log(
                key: isCharacter ? "validationCharacterErrorRate" : "validationSymbolErrorRate", tag: "validation/\(name)_error_rate",
                meaning: "Substituted, deleted and inserted \(name)s of the validation part's transcripts, for each true one.", column: isCharacter ? "CER" : "SER",
                curve: ("Validation \(name) error rate", "errors a \(name)", "\(name)-error-rate")),
            card: (isCharacter ? "cer" : "wer", name + " error rate"),
            .counts(rule, value: share([.substitutions, .deletions, .insertions], of: .symbols)))
    }

    /// The same of the words between blanks.
    var wordErrorRate: Metric {
        Metric(
            key: "wordErrorRate", title: "word error rate", unit: .share,
            log: Metric.Log(
                key: "validationWordErrorRate", tag: "validation/word_error_rate",
                meaning: "Substituted, deleted and inserted words of the validation part's transcripts, for each true one.", column: "WER",
                curve: ("Validation word error rate", "errors a word", "word-error-rate")),
            card: ("wer", "word error rate"), .counts(rule, value: share([.wordErrors], of: .words)))
    }

    var rightTranscripts: Metric {
        Metric(
            key: "rightTranscripts", title: "transcripts without an error", unit: .share, isBetterHigher: true, card: nil,
            .counts(rule, value: share([.right], of: .transcripts)))
    }

    private func count(_ key: Key, _ name: String) -> Metric {
        Metric(key: name, title: name, unit: .count, card: nil, .counts(rule) { Double($0[key.rawValue]) })
    }

    var substitutions: Metric { count(.substitutions, "substitutions") }
    var deletions: Metric { count(.deletions, "deletions") }
    var insertions: Metric { count(.insertions, "insertions") }
}

extension Metric {
    /// Σ of the sequences' -ln P, by symbol.
    static let lossOfSymbols = Metric(key: "loss", title: "loss, nats a symbol", unit: .nats, card: ("loss", "CTC loss, nats a symbol"), term: \.loss)
}
