import Foundation
import Testing

extension ProgramTests {
    /// Fixtures/stored-run holds a run directory as the program wrote it before optimizers other than Adam, with its text and configuration:
    /// 20 of 50 steps. Never write it anew: a format that can't read it is broken.
    @Suite("a run directory of an earlier version")
    struct StoredRunTests {
        /// SHA-256 of the weights after all 50 steps, by the program that wrote the directory.
        private static let wanted = Weights(step: 50, sha256: "ff72d368afd3377911c7e6084bb1f0da622a27d086490ee93804111cedb722aa")
        private static let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/stored-run")

        private func copy() throws -> Folder {
            let folder = try Folder()
            for name in try FileManager.default.contentsOfDirectory(atPath: Self.fixture.path) {
                try FileManager.default.copyItem(at: Self.fixture.appending(path: name), to: folder.url.appending(path: name))
            }
            return folder
        }

        @Test("is resumed, and ends at the weights that the earlier version ended at", arguments: [1, 2])
        func resumes(rankCount: Int) throws {
            let folder = try copy()
            defer { folder.remove() }
            let result = try folder.run(Launch(rankCount), "text.json", "--run-directory", "run")
            #expect(result.exitCode == 0 && result.output.contains("from run/checkpoints/step-00000020"), "\(result)")
            #expect(try folder.weights() == Self.wanted)
        }

        @Test("begun anew it has the same checkpoint after 20 steps, byte for byte")
        func sameBytes() throws {
            let folder = try copy()
            defer { folder.remove() }
            let result = try folder.run(.alone, "text.json", "training.steps=20", "checkpoint.keep=1", "log.sampleLength=0", "--run-directory", "anew")
            #expect(result.exitCode == 0, "\(result)")
            for name in ["weights.safetensors", "optimizer.safetensors", "streams.safetensors", "manifest.json"] {
                #expect(try folder.bytes(checkpoint(20, of: "anew") + "/" + name) == folder.bytes(checkpoint(20) + "/" + name), "\(name)")
            }
        }
    }
}
