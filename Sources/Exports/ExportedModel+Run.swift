import Batches
import Checkpoints
public import Communication
import Configuration
import Datasets
import Foundation
public import Inference
import Kernels
import Layers
import Models
public import Runs
public import Threads
import Training

extension ExportedModel {
    /// The model of `run`, evaluated on its test part, or on validation if it has no test part.
    /// - Parameters:
    ///   - data: the run's own; nil if they are missing, and then nothing is evaluated.
    ///   - programVersion: recorded in the export.
    /// - Throws: if the checkpoint, vocabulary or statistics can't be read. Cost: reads the checkpoint, and evaluates a part of the data.
    public init(_ run: TrainedRun, data: RunData?, programVersion: String, group: any Communicator, team: ThreadTeam) throws {
        let shape = try run.modelDescription()
        try shape.requireExportedLayers()
        guard shape.loss != .crf else { throw ExportError.crfNotExported }
        guard shape.characterEncoder == nil else { throw ExportError.charactersNotExported }
        let memory = try run.readParameters(ParameterLayout(shape))
        let task = try run.task()
        let use = try Self.use(of: run, task: task, shape: shape)
        var figures: ModelFigures?
        if let data, let part = data.dataset.evaluatedPart {
            figures = ModelFigures(try run.evaluate(part, data: data, group: group, team: team), part: part)
        }
        let manifest = run.checkpoint.manifest
        self.init(
            name: URL(filePath: run.path).standardizedFileURL.lastPathComponent, configuration: run.configuration, shape: shape, task: task, use: use,
            stored: try run.meaning()?.stored ?? run.vocabulary()?.stored, parameters: memory.view.array(),
            origin: ModelOrigin(
                step: manifest.step, epoch: manifest.progress.epoch, weightsSHA256: manifest.weightsSHA256,
                initialWeightsSHA256: run.checkpoint.initialWeightsSHA256, precision: run.precision, dataDescription: data?.description,
                figures: figures, programVersion: programVersion),
            series: try run.seriesScaling())
    }

    private static func use(of run: TrainedRun, task: any LearningTask, shape: ModelDescription) throws -> ExportUse {
        if task.uses.contains(.generate), let vocabulary = try run.vocabulary() {
            guard vocabulary.count == shape.outputs else { throw ExportError.otherModel(run: run.path, file: Vocabulary.storedName) }
            return .text(TextUse(vocabulary: vocabulary, reading: run.configuration.data.reading, windowLength: run.configuration.windowLength))
        }
        if task.uses.contains(.forecast), let scaling = try run.seriesScaling() {
            guard scaling.featureCount == shape.inputWidth(ofLayer: 0), scaling.outputCount == shape.outputs else {
                throw ExportError.otherModel(run: run.path, file: SeriesScaling.storedName)
            }
            return .series(scaling)
        }
        let reading = run.configuration.data.reading
        func classUse(_ names: [String], transcript: TranscriptUnit? = nil) throws -> ExportUse {
            let data = run.configuration.data
            return .classes(
                ClassUse(
                    names: names, vocabulary: try run.vocabulary(), reading: reading, scale: try run.meaning()?.inputScale ?? [],
                    standardization: data.standardize, deltaOrder: data.deltas, transcript: transcript))
        }
        if let task = task as? TranscriptTask { return try classUse(task.symbols, transcript: task.unit) }
        if let task = task as? MixtureTask { return .frames(FrameUse(meaning: task.meaning, scale: task.scale)) }
        guard case .classes(let names) = task.display else { return .numbers }
        return try classUse(names)
    }
}
