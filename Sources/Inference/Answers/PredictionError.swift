import Datasets
import NumberText
public import Runs
import ShellText

/// An input that a trained model can't answer.
public enum PredictionError: ExitCoded, Equatable, CustomStringConvertible {
    /// The run's data are generated, so there are no files of their form.
    case generatesData(run: String, kind: String, writesText: Bool)
    /// The run's data are files of another kind than those that are answered.
    case answersNoFiles(run: String, kind: String)
    /// The output file's name has no known ending.
    case unknownEnding(path: String)
    /// A line of prompts that can't be continued. `line` counts from 1; `reason` is a sentence.
    case prompt(path: String, line: Int, reason: String)
    /// The model reads words' characters, which a text given symbol by symbol doesn't have.
    case readsCharacters
    /// A file that is one prompt, which can't be continued. `reason` is a sentence.
    case promptFile(path: String, reason: String)
    /// A sequence that needs more memory, in bytes, than this process may take.
    case rowTooLong(path: String, line: Int, timeCount: Int, byteCount: Double, found: Double)
    /// The outputs for a row are NaN or infinite.
    case notFinite(path: String, line: Int)

    /// A model that needs later time steps to read a sequence as it comes; which layer, from 1.
    case cannotStream(layer: Int, isBidirectional: Bool)
    /// Rows to forecast that the model's forecasts, of so many rows each, don't come to.
    case notAMultiple(rowCount: Int, horizon: Int)
    /// Columns that the model reads, and whose values after its first forecast aren't known.
    case unknownBeyondHorizon(columns: [String], horizon: Int)
    /// Paths of a model that gives single numbers or quantiles.
    case noDistribution
    /// The answers don't fit into an npz file.
    case arraysTooLarge(byteCount: Int)

    public var exitCode: Int32 {
        switch self {
        case .generatesData, .answersNoFiles, .cannotStream: 78
        case .unknownEnding, .arraysTooLarge: 64
        case .readsCharacters, .notAMultiple, .unknownBeyondHorizon, .noDistribution: 64
        case .prompt, .promptFile, .notFinite: 65
        case .rowTooLong: 71
        }
    }

    public var description: String {
        switch self {
        case .generatesData(let run, let kind, let writesText):
            "\(run) is a run of data.kind \"\(kind)\", which generates its sequences: there are no files of that form to read. "
                + "Evaluate it on its own data: lstm-train evaluate \(run.shellPath)"
                + (writesText ? "; or let it write strings: lstm-train generate \(run.shellPath)." : ".")
        case .answersNoFiles(let run, let kind):
            "predict doesn't answer files for a run of data.kind \"\(kind)\". Evaluate the model on them: lstm-train evaluate \(run.shellPath) --data FILE."
        case .unknownEnding(let path):
            "--output is \(path); its name must end in .csv for a table, in .jsonl for a JSON object a line, or in .npz for NumPy arrays."
        case .cannotStream(let layer, let isBidirectional):
            "--stream reads a sequence as it comes, and model.layers[\(layer)] \(isBidirectional ? "is bidirectional" : "reads later time steps"), so it needs the whole of it. "
                + "Leave out --stream, or train a model \(isBidirectional ? "with \"bidirectional\": false" : "of layers that read earlier time steps alone")."
        case .notAMultiple(let rowCount, let horizon):
            "--rows is \(rowCount); it must be a multiple of data.horizon of the run, \(horizon), such as \((rowCount / horizon + 1) * horizon)."
        case .unknownBeyondHorizon(let columns, let horizon):
            "the model reads \(namesInWords(columns)), which it doesn't predict: after \(counted(horizon, "row")) (data.horizon) their values aren't known. "
                + "Leave out --rows, or train with them in data.targets, or in data.future if they are known ahead."
        case .noDistribution:
            "--write-paths draws from distributions, and this model forecasts single numbers or quantiles. Leave it out, or train with "
                + "training.loss \"gaussian\", \"studentT\" or \"negativeBinomial\"."
        case .arraysTooLarge(let byteCount):
            "the answers take \(bytes(Double(byteCount))), and an npz file ends at 4.29 GB. Write them to a .csv or .jsonl file, or give fewer rows at once."
        case .prompt(let path, let line, let reason):
            "\(path):\(line): \(reason)"
        case .readsCharacters: "the model reads words with their characters (model.characters), from a file: use lstm-train predict."
        case .promptFile(let path, let reason):
            "\(path): \(reason)"
        case .rowTooLong(let path, let line, let timeCount, let byteCount, let found):
            "\(path):\(line): the row has \(counted(timeCount, "time step")), for which the model takes \(bytes(byteCount)) of memory; "
                + "this process may take \(bytes(found)). Shorten the row, or leave it out."
        case .notFinite(let path, let line):
            "\(path):\(line): the model's outputs for this row are not finite numbers. Are its values far from the training data's? "
                + "Fix the row, or leave it out."
        }
    }
}
