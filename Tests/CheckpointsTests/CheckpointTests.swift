import Checkpoints
import FileFixtures
import Files
import Foundation
import SeededRandomness
import StrictJSON
import Testing

@Suite("A checkpoint")
struct CheckpointTests {
    @Test("Everything that was saved comes back to the bit, with streams and without", arguments: [true, false])
    func roundTrip(streams: Bool) throws {
        var numbers = SeededGenerator.announced("roundTrip")
        let directory = try TemporaryDirectory()
        let saved = snapshot(step: 1200, loss: 1.636, streams: streams, &numbers)
        let committed = try RunDirectory(directory.path + "/deep/run").locked().commit(saved)
        #expect(committed.path == directory.path + "/deep/run/checkpoints/step-00001200")
        #expect(try committed.manifest.weightsSHA256 == SHA256.hex(of: saved.weights.span))

        let checkpoint = try StoredCheckpoint.open(committed.path + "/")
        #expect(checkpoint.manifest == committed.manifest)
        #expect((checkpoint.streams != nil) == streams)
        #expect(try Restored(checkpoint) == Restored(saved))
        #expect(checkpoint.weights.entries.map(\.shape) == modelLayout)
        #expect(checkpoint.weights.metadata == ["format": "pt"])
        #expect(checkpoint.optimizer.entries.map(\.name).prefix(2) == ["m.rnn.weight_ih_l0", "m.rnn.weight_hh_l0"])
    }

    @Test("The manifest's sizes and hashes are those of the files, and its weights' hash that of the flat buffer's bytes")
    func manifest() throws {
        var numbers = SeededGenerator.announced("manifest")
        let directory = try TemporaryDirectory()
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 3, &numbers))
        #expect(committed.manifest.files.map(\.name) == ["weights.safetensors", "optimizer.safetensors", "streams.safetensors"])
        for file in committed.manifest.files {
            #expect(try file.sha256 == SHA256.hex(ofFile: committed.path + "/" + file.name))
            #expect(try file.byteCount == bytes(of: committed.path + "/" + file.name).count)
        }
        let weights = try bytes(of: committed.path + "/weights.safetensors").suffix(4 * modelLayout.elementCount)
        #expect(try committed.manifest.weightsSHA256 == SHA256.hex(of: Array(weights)))
        let text = try JSONValue.parse(bytes(of: committed.path + "/manifest.json"))
        #expect(text["weightsSHA256"]?.stringValue == committed.manifest.weightsSHA256)
        #expect(text["step"]?.integerValue == 3 && text["progress"]?["examples"]?.integerValue == 150)
    }

    @Test(
        "A validation loss of any kind survives",
        arguments: [nil, 0, -0.0, 1.636, .infinity, -.infinity, .nan, -.nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    func losses(loss: Double?) throws {
        var numbers = SeededGenerator(seed: 1)
        let directory = try TemporaryDirectory()
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 1, loss: loss, &numbers))
        let found = try StoredCheckpoint.open(committed.path).manifest.progress.validationLoss
        #expect(found.map { $0.isNaN ? "nan" : "\($0)" } == loss.map { $0.isNaN ? "nan" : "\($0)" })
    }

    @Test("A model of other names or shapes is told which, with nothing overwritten")
    func mismatch() throws {
        var numbers = SeededGenerator.announced("mismatch")
        let directory = try TemporaryDirectory()
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 1200, &numbers))
        let checkpoint = try StoredCheckpoint.open(committed.path)
        func read(_ layout: [TensorShape]) throws -> CheckpointError? {
            var room = [Float](repeating: 7, count: layout.elementCount)
            let thrown = error { () throws(CheckpointError) in
                var span = room.mutableSpan
                try checkpoint.readWeights(layout, into: &span)
            }
            #expect(room.allSatisfy { $0 == 7 })
            #expect(thrown?.category == .mismatch && thrown?.category.rawValue == 78)
            return thrown
        }
        var layout = modelLayout
        layout[1] = TensorShape(name: "rnn.weight_hh_l0", dimensions: [4, 4])
        #expect(
            try read(layout)?.description
                == "checkpoint \(committed.path): 'rnn.weight_hh_l0' is [8, 2] in the file, [4, 4] in the model. Was it trained with this config?")
        #expect(
            try read(modelLayout + [TensorShape(name: "more", dimensions: [1])])
                == .tensorMissing(checkpoint: committed.path, file: "weights.safetensors", tensor: "more"))
        #expect(try read(modelLayout.dropLast()) == .tensorUnexpected(checkpoint: committed.path, file: "weights.safetensors", tensor: "head.bias"))
        var room = [Float](repeating: 7, count: 0)
        var span = room.mutableSpan
        #expect(throws: CheckpointError.tensorUnexpected(checkpoint: committed.path, file: "streams.safetensors", tensor: "hidden")) {
            try checkpoint.readStreams([], into: &span)
        }
    }

    @Test("A layout in another order takes each tensor by its name, and the weights' hash tells that the order differs")
    func order() throws {
        var numbers = SeededGenerator.announced("order")
        let directory = try TemporaryDirectory()
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 1, &numbers))
        let checkpoint = try StoredCheckpoint.open(committed.path)
        var room = [Float](repeating: 7, count: modelLayout.elementCount)
        let thrown = error { () throws(CheckpointError) in
            var span = room.mutableSpan
            try checkpoint.readWeights(modelLayout.reversed(), into: &span)
        }
        guard case .weightsHash? = thrown else { return #expect(thrown == nil) }
        #expect(thrown?.category == .damaged)
    }

    @Test("What was opened stays readable when the checkpoint is removed meanwhile")
    func removedMeanwhile() throws {
        var numbers = SeededGenerator.announced("removedMeanwhile")
        let directory = try TemporaryDirectory()
        let run = try RunDirectory(directory.path).locked()
        let saved = snapshot(step: 1, &numbers)
        let checkpoint = try StoredCheckpoint.open(run.commit(saved).path)
        try run.discardCheckpoints(after: 0)
        #expect(try run.directory.checkpoints().isEmpty)
        #expect(try Restored(checkpoint) == Restored(saved))
    }

    @Test("A renamed checkpoint directory is refused, and one copied elsewhere is not")
    func renamed() throws {
        var numbers = SeededGenerator.announced("renamed")
        let directory = try TemporaryDirectory()
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 1, &numbers))
        let copy = directory.path + "/my-model"
        try FileManager.default.copyItem(atPath: committed.path, toPath: copy)
        #expect(try StoredCheckpoint.open(copy).manifest.step == 1)
        let renamed = directory.path + "/step-00000002"
        try FileManager.default.moveItem(atPath: committed.path, toPath: renamed)
        guard case .manifest(renamed + "/manifest.json", let reason)? = error(of: { () throws(CheckpointError) in _ = try StoredCheckpoint.open(renamed) })
        else { return #expect(Bool(false), "a renamed checkpoint was taken") }
        #expect(reason.contains("step 1") && reason.contains("2"))
    }

    @Test("Another format version is a mismatch that names both, even if all else verifies")
    func version() throws {
        var numbers = SeededGenerator.announced("version")
        let directory = try TemporaryDirectory()
        let path = try RunDirectory(directory.path).locked().commit(snapshot(step: 1, &numbers)).path
        let manifestPath = path + "/manifest.json"
        let text = String(decoding: try bytes(of: manifestPath), as: UTF8.self).replacing("\"version\": 1,", with: "\"version\": 2,")
        let hashed = String(text.dropLast(64 + "\"\n}\n".count))
        try write(Array((hashed + SHA256.hex(of: Array(hashed.utf8)) + "\"\n}\n").utf8), to: manifestPath)
        let thrown = error { () throws(CheckpointError) in _ = try StoredCheckpoint.open(path) }
        #expect(thrown == .formatVersion(path: manifestPath, found: 2, wanted: 1))
        #expect(thrown?.category == .mismatch)
    }
}
