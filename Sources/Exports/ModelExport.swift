import Checkpoints
import Configuration
import Datasets
import Files
import Foundation
import Layers
import Models
public import Runs
public import Threads
import StrictJSON
import Training

/// A completed export.
public struct WrittenExport: Sendable {
    public let path: String
    public let format: ExportFormat
    /// Names and sizes in bytes of the folder's files.
    public let files: [(name: String, byteCount: Int)]
    public let weightsFileSHA256: String
    /// Describes the batch that `verify.py` replays, such as "8 sequences from the validation part".
    public let replayDescription: String
    /// Metrics such as "cross-entropy, nats" and 1.67, and the part on which they are measured; empty if the data are missing.
    public let figures: [(name: String, value: Double)]
    public let evaluatedPart: String?
}

extension ExportedModel {
    /// Writes the model as `format` into a folder at `path`, completely or not at all.
    /// - Parameters:
    ///   - data: the run's own, for verification; nil if they are missing.
    ///   - force: whether to replace an earlier export even if files in it were changed.
    /// - Throws: ``ExportError``; `FileError` if the disk refuses. Then the new files are removed, and an existing export stays.
    public func write(_ format: ExportFormat, to path: String, data: RunData?, force: Bool, team: ThreadTeam) throws -> WrittenExport {
        try format.requireRoom(forByteCount: parameters.count * MemoryLayout<Float>.size)
        try shape.requireLayers(in: format)
        let folder = try ExportFolder(path, force: force)
        do {
            let written = try write(format, into: folder, replayed: ReplayedBatch(self, data: data, team: team))
            try folder.commit()
            return written
        } catch {
            folder.discard()
            throw error
        }
    }

    private func write(_ format: ExportFormat, into folder: ExportFolder, replayed: ReplayedBatch) throws -> WrittenExport {
        try writeWeights(format, into: folder)
        try folder.write(replayed.npz(), "verification.npz")
        var names = [format.weightsFile, "verification.npz"]
        for (name, text) in texts(format) {
            try folder.write(Array(text.utf8), name)
            names.append(name)
        }
        let weightsFileSHA256 = try SHA256.hex(ofFile: folder.partialPath(of: format.weightsFile))
        let card = ModelCard(model: self, format: format, weightsFileSHA256: weightsFileSHA256, replayed: replayed, files: names)
        try folder.write(Array(card.text.utf8), "README.md")
        let record = try ExportRecord(of: names + ["README.md"], in: folder.partialPath)
        try folder.write(Array(record.json(recordedFacts(format)).utf8), ExportRecord.fileName)
        return WrittenExport(
            path: folder.path, format: format, files: record.files.map { ($0.name, $0.byteCount) }, weightsFileSHA256: weightsFileSHA256,
            replayDescription: replayed.description, figures: origin.figures?.figures.map { ($0.name, $0.value) } ?? [],
            evaluatedPart: origin.figures?.part)
    }

    private func writeWeights(_ format: ExportFormat, into folder: ExportFolder) throws {
        switch format {
        case .pytorch:
            var weights = try SafetensorsWeights(path: folder.partialPath(of: format.weightsFile), layout: layout)
            try write(to: &weights)
            try weights.finish()
        case .onnx: try folder.write(onnx(), format.weightsFile)
        case .keras:
            var weights = KerasWeights()
            try write(to: &weights)
            try folder.write(weights.finished(), format.weightsFile)
        case .npz:
            var weights = NumpyWeights()
            try write(to: &weights)
            try folder.write(weights.finished(), format.weightsFile)
        }
    }

    /// The text files, except card and record.
    private func texts(_ format: ExportFormat) -> [(name: String, text: String)] {
        var texts = [
            ("model.py", PythonModule(model: self, format: format).text), ("verify.py", VerificationScript(model: self, format: format).text),
            ("config.json", configuration.withoutFolders.resolvedJSON().serialized(indented: true) + "\n"),
        ]
        if let stored { texts.append((stored.name, stored.text)) }
        return texts
    }

    private func recordedFacts(_ format: ExportFormat) -> [JSONMember] {
        [
            JSONMember(key: "library", value: .text(format.rawValue)), JSONMember(key: "model", value: .text(name)),
            JSONMember(key: "step", value: .integer(origin.step)), JSONMember(key: "weightsSHA256", value: .text(origin.weightsSHA256)),
            JSONMember(key: "programVersion", value: .text(origin.programVersion)),
        ]
    }
}
