public import Batches
import Datasets
import NumberText
import ShellText
import StrictJSON

/// An error that prevents a run from starting or continuing.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The number of ranks is invalid for the number of shards.
    case shards(ShardPlanError)
    /// The shards of a rank can't be divided into the groups of training.accumulate; with the numbers that are possible.
    case groups(count: Int, shardCount: Int, rankCount: Int, allowed: [Int])
    /// A field differs between ranks: its values, with the ranks that have them.
    case ranksDiffer(field: String, values: [String])
    /// The loss, the gradient or the update is NaN or infinite.
    case notFinite(SkippedStep)
    /// The schedule decreases the learning rate below float32's range, from an epoch or step on, counted from 1.
    case learningRateVanishes(from: String, learningRate: Double, way: String)
    /// A key makes training depend on validations, and there is no validation part.
    case noValidation(key: String)
    /// A class of training.classWeights is none of the data's.
    case unknownClass(name: String, classes: [String])
    /// Ranks have different weights although they should be the same: a bit changed in memory, or a processor computes incorrectly.
    case weightsDiffer(step: Int, values: [String])
    /// A step made a weight infinite or NaN, so it isn't saved.
    case weightNotFinite(step: Int)
    /// The run directory contains a run with another configuration. `way`: lines with suggested commands; likewise below.
    case configurationDiffers(run: String, differences: [String], way: [String])
    /// The checkpoint to start from belongs to another model, or to other data.
    case resumeDiffers(checkpoint: String, differences: [String], way: [String])
    /// The checkpoint to start from is `batchCount` batches into an epoch, whose rest can't be divided into other batches.
    case withinEpoch(checkpoint: String, batchCount: Int, differences: [String], way: [String])
    /// The run was trained on other data; with the first difference, if known.
    case dataDiffers(run: String, reason: String?, way: [String])
    /// The checkpoint was trained on other data, or data read with other options; its run's configuration, which would show which, is missing.
    case unknownRun(checkpoint: String)
    /// The run began with other weights than those of model.initialWeights.
    case initialWeightsDiffer(run: String, found: String?, stored: String?)
    /// The file of model.initialWeights doesn't exist.
    case noInitialWeights(path: String)
    /// The file of model.initialWeights doesn't contain this model's weights.
    case initialWeights(path: String, reason: String)
    /// The run directory contains another run than the one to start from.
    case runExists(path: String, way: [String])
    /// The machine has less memory than the model and a batch need, in bytes.
    case noMemory(wanted: Double, ranks: Int, found: Double, advice: String)
    /// The process's memory limit is less than the model and a batch need, in bytes.
    case memoryLimit(wanted: Double, found: Double, advice: String)
    /// The machine has less memory than reading the data needs, in bytes.
    case noMemoryForData(files: String, byteCount: Double, ranks: Int, found: Double)
    /// The given path has no run, or no checkpoint.
    case noCheckpoint(path: String, meant: String?)
    case noRun(path: String, meant: String?)
    /// No checkpoint of the run has a validation loss.
    case noBest(run: String)
    /// The best checkpoint was requested together with a single checkpoint's path.
    case bestOfOne(checkpoint: String, run: String)
    /// A file that the run was trained on is neither at its path nor near the run.
    case dataMissing(run: String, file: String)
    /// A tensor of a checkpoint isn't a matrix as expected.
    case noMatrix(checkpoint: String, tensor: String, found: [Int])
    /// The part to evaluate has no examples.
    case emptyPart(part: String)
    /// The model has no such layer, counted from 0.
    case noLayer(layer: Int, layerCount: Int)
    /// A layer below this one changes the number of time steps. The first `readableCount` recurrent layers read those of the input.
    case tracesOtherSteps(layer: Int, readableCount: Int)
    /// A part has no such example, counted from 0.
    case noExample(example: Int, part: String, count: Int)
    /// The data are one long text, which isn't divided into examples.
    case hasStreams
    /// The model doesn't read text that a user could type.
    case readsNoText(kind: String)
    /// The model doesn't generate text.
    case generatesNoText(kind: String)
    /// The model doesn't forecast a series.
    case forecastsNothing(kind: String)
    case emptyPrompt
    /// Files were given for a model with generated data.
    case readsNoFiles(kind: String)
    /// Data of this kind have no binary form.
    case hasNoPreparedForm(kind: String)

    public var exitCode: Int32 {
        switch self {
        case .shards, .groups, .learningRateVanishes, .noValidation, .unknownClass, .ranksDiffer, .configurationDiffers, .resumeDiffers, .withinEpoch, .dataDiffers, .unknownRun,
            .initialWeightsDiffer, .initialWeights, .runExists, .emptyPart, .generatesNoText, .forecastsNothing, .hasNoPreparedForm:
            78
        case .noLayer, .tracesOtherSteps, .noExample, .hasStreams, .readsNoText, .bestOfOne: 64
        case .notFinite, .weightNotFinite, .noMatrix: 65
        case .weightsDiffer: 70
        case .noMemory, .memoryLimit, .noMemoryForData: 71
        case .noCheckpoint, .noRun, .noInitialWeights, .noBest, .dataMissing: 66
        case .emptyPrompt, .readsNoFiles: 64
        }
    }

    public var description: String {
        switch self {
        case .shards(let error):
            "\(error)"
        case .groups(let count, let shardCount, let rankCount, let allowed):
            """
            training.accumulate is \(count), but \(shardCount) shards on \(rankCount) \(rankCount == 1 ? "rank" : "ranks") can't be divided into groups so: each \
            group must have the same power of two of them. Set it to \(allowed.map(String.init).joined(separator: ", ")), or choose another parallelism.shards.
            """
        case .ranksDiffer(let field, let values):
            "\(field) is not the same on all ranks: \(values.joined(separator: "; ")). Give every rank the same binary, configuration and data."
        case .notFinite(let step): step.refusal
        case .learningRateVanishes(let begin, let learningRate, let way):
            "from \(begin) on the learning rate is \(learningRate), which is 0 in float32: nothing would be trained. \(way)"
        case .noValidation(let key):
            """
            \(key) goes by the validation loss, and the data have no validation part. Raise data.validationFraction (data.validationExamples of \
            generated data), or leave \(key) out.
            """
        case .unknownClass(let name, let classes):
            """
            training.classWeights has '\(JSONValue.printable(name, scalarCount: 40))', which is none of the data's \(classes.count) classes: \
            \(DatasetError.list(classes)). Fix the name, or leave it out.
            """
        case .weightsDiffer(let step, let values):
            """
            the weights are not the same on all ranks after step \(step): \(values.joined(separator: "; ")). A bit changed in a rank's memory, or its \
            processor computes wrongly: nothing of it is saved. Start again, without that machine; the run resumes from its newest checkpoint.
            """
        case .weightNotFinite(let step):
            "a weight is not a finite number after step \(step), and is not saved. Lower optimizer.learningRate or set training.clipNorm."
        case .configurationDiffers(let run, let differences, let way):
            """
            \(run) holds a run of another configuration (here, not there):
            \(lines(differences, indented: true))
            \(lines(way))
            Or set them back; or start anew here with --resume never, which removes the run's checkpoints.
            """
        case .resumeDiffers(let checkpoint, let differences, let way):
            """
            \(checkpoint) is of another configuration (here, not there):
            \(lines(differences, indented: true))
            \(lines(way))
            Or set back those that may not change.
            """
        case .withinEpoch(let checkpoint, let batchCount, let differences, let way):
            """
            \(checkpoint) stands \(counted(batchCount, "batch", plural: "batches")) into an epoch, which can't be read on with (here, not there):
            \(lines(differences, indented: true))
            \(lines(way))
            """
        case .dataDiffers(let run, let reason, let way):
            """
            \(run) is a run on other data: the files have changed since.\(reason.map { " " + $0 } ?? "") Restore them; or train in another --run-directory, \
            or anew with --resume never; or name the files to evaluate with evaluate --data.
            """ + (way.isEmpty ? "" : "\n" + lines(way))
        case .unknownRun(let checkpoint):
            """
            \(checkpoint) was trained on other data, or they are read otherwise here (data, training.batch, training.seed). Which of it isn't known, for its \
            run's config.json isn't there. Name the checkpoint where it lies in its run.
            """
        case .initialWeightsDiffer(let run, let found, let stored):
            """
            \(run) began with \(firstWeights(stored)), and model.initialWeights or model.embeddingFile now give \(firstWeights(found)). Restore the file; or train in another \
            --run-directory, or anew with --resume never.
            """
        case .noInitialWeights(let path):
            "\(path), which model.initialWeights names, isn't there. Name a safetensors file with the weights to begin with."
        case .initialWeights(let path, let reason):
            "model.initialWeights: \(path) \(reason)"
        case .runExists(let path, let way):
            "\(path) holds another run.\n" + lines(way)
        case .noMemory(let wanted, let ranks, let found, let advice):
            """
            the model, a batch and the data take at least \(gigabytes(wanted)) GB\(ranks > 1 ? " for each of \(ranks) ranks here" : ""), and this machine has \(gigabytes(found)). \
            Lower model.hidden, model.layers, training.batch or data.length, \(advice), or share the batch out to more machines.
            """
        case .memoryLimit(let wanted, let found, let advice):
            """
            the model and a batch take at least \(bytes(wanted)), and the limits of this process (ulimit -v, ulimit -d) leave it \(bytes(found)). \
            Raise them, or lower model.hidden, model.layers, training.batch or data.length, or \(advice).
            """
        case .noMemoryForData(let files, let byteCount, let ranks, let found):
            """
            \(files): \(bytes(byteCount))\(ranks > 1 ? " for each of \(ranks) ranks here" : "") are to be read, which takes twice as much memory at the \
            least, and this machine, or this job's part of it, has \(bytes(found)). Give less data, fewer ranks a machine, or more memory; or of a text or a table of \
            series, write its binary form once (lstm-train prepare), and name that in data.prepared.
            """
        case .noCheckpoint(let path, let meant):
            "\(path) has no checkpoint. "
                + (meant ?? "Name a run directory, or one of its checkpoints (checkpoints/step-…); --resume also takes auto and never.")
        case .noRun(let path, let meant):
            "\(path) is not a run directory: it has no config.json. \(meant ?? "Name the directory that training printed.")"
        case .noBest(let run):
            "no checkpoint of \(run) has a validation loss, so none is the best. Leave out --best, or name a checkpoint."
        case .bestOfOne(let checkpoint, let run):
            "\(checkpoint) is one checkpoint; --best chooses among those of a run. Name \(run), or leave out --best."
        case .dataMissing(let run, let file):
            """
            \(file), which the run was trained on, isn't there, nor where it would be if it had moved with the run. Put it back, or name it where it is: \
            lstm-train evaluate \(run.shellPath) --data \((file.split(separator: "/").last.map(String.init) ?? file).shellPath).
            """
        case .noMatrix(let checkpoint, let tensor, let found):
            "checkpoint \(checkpoint): '\(tensor)' is \(found), which no model has there. Was it written by this program?"
        case .emptyPart(let part):
            "this run's \(part) part has no examples. Choose another --part."
        case .noLayer(let layer, let layerCount):
            layerCount == 0
                ? "this model has no recurrent layer, so there are no gates to show."
                : "layer \(layer + 1) was asked for, and the model has \(layerCount). Choose --layer from 1 to \(layerCount)."
        case .tracesOtherSteps(let layer, let readableCount):
            "recurrent layer \(layer + 1) doesn't read the input's own time steps, since a layer below it changes their number. "
                + (readableCount == 0 ? "No gates of this model can be drawn." : "Choose --layer from 1 to \(readableCount).")
        case .noExample(let example, let part, let count):
            count == 0
                ? "this run's \(part) part has no examples to choose from."
                : "row \(example) was asked for, and the \(part) part has \(count). Choose --row from 0 to \(count - 1)."
        case .hasStreams:
            "this run's data are one long text without examples. Give a text instead: --text \"The \"."
        case .readsNoText(let kind):
            "a model of data.kind \"\(kind)\" reads no text. Choose an example of its data instead: --row 0."
        case .generatesNoText(let kind):
            "a model of data.kind \"\(kind)\" generates no text. Models of texts do, and those of sequences whose data.target is \"next\". "
                + "Try lstm-train evaluate."
        case .forecastsNothing(let kind):
            "a model of data.kind \"\(kind)\" doesn't forecast a series."
        case .hasNoPreparedForm(let kind):
            "data.kind is \"\(kind)\": lstm-train prepare has a binary form of files only (text, textWindows, series, sequences). Train without it."
        case .readsNoFiles(let kind):
            "a run of data.kind \"\(kind)\" generates its sequences and reads no file. Leave --data out."
        case .emptyPrompt:
            "the prompt is empty; give at least one symbol to begin with: --prompt \"The \"."
        }
    }
}

private func lines(_ lines: [String], indented: Bool = false) -> String { lines.map { (indented ? "  " : "") + $0 }.joined(separator: "\n") }

private func firstWeights(_ sha256: String?) -> String { sha256.map { "weights of SHA-256 \($0)" } ?? "no file's weights" }

private func gigabytes(_ byteCount: Double) -> String {
    let tenths = (byteCount / 1e8).rounded()
    return tenths < 1e15 ? "\(tenths / 10)" : "10^14"
}
