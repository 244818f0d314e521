import Audio
import Datasets
import StrictJSON

extension StarterSequences {
    /// Of recordings, or of a file that lists them.
    /// - Throws: ``DatasetError`` if one can't be read.
    init(_ survey: RecordingSurvey, paths: [String]) throws {
        let rate = min(survey.rate, 16_000)
        var settings = Configuration.DataSettings(kind: .sequences)
        settings.sampleRate = rate
        let data =
            [JSONMember(key: "audio", value: .text(survey.column)), JSONMember(key: "sampleRate", value: .integer(rate))]
            + (survey.target == .class ? [] : [JSONMember(key: "target", value: .text(survey.target.rawValue))])
            + (survey.unit == .character ? [] : [JSONMember(key: "transcriptUnit", value: .text(survey.unit.rawValue))])
            + [JSONMember(key: "label", value: .text(survey.label))] + Self.shares
        let (batch, epochs) = Self.sizes(survey.count)
        // Check that the suggested options are valid.
        let options = SequenceOptions(
            files: paths, target: survey.target, label: survey.label, split: try SplitFractions(validation: Self.share, test: Self.share),
            transcriptUnit: survey.unit, skipsUnalignable: true, audio: try AudioOptions(column: survey.column, frontEnd: settings.recordingFrontEnd))
        let owner = survey.column == "file" ? "the recordings' \(survey.label)" : "'\(survey.label)'"
        self.init(
            data: data, batch: batch, epochs: epochs, layers: survey.target == .transcript ? Self.transcriptLayers : Self.classLayers,
            notes: ["\(owner) is taken for the \(survey.target == .transcript ? "transcript" : "class")"]
                + (try LabelledSequences(options, batchSize: batch, seed: 1)).notes,
            advice: ["data.label: what the class or transcript is.", "data.speeds: [90, 110] reads each recording at two more speeds, which helps where there are few."])
    }

    /// Layers for 100 frames a second.
    private static let transcriptLayers = [
        layer("stack", [JSONMember(key: "frames", value: .integer(4))]), layer("dropout", [JSONMember(key: "rate", value: .real(0.2))]), bidirectional, dropout, bidirectional,
    ]
    private static let classLayers = [
        layer("stack", [JSONMember(key: "frames", value: .integer(4))]), bidirectional, dropout, layer("pool", [JSONMember(key: "method", value: .text("mean"))]),
    ]
    private static let bidirectional = layer("lstm", [JSONMember(key: "hidden", value: .integer(64)), JSONMember(key: "bidirectional", value: .bool(true))])
    private static let dropout = layer("dropout", [JSONMember(key: "rate", value: .real(0.3))])

    private static func layer(_ type: String, _ members: [JSONMember]) -> JSONValue { JSONValue(.object([JSONMember(key: "type", value: .text(type))] + members)) }
}
