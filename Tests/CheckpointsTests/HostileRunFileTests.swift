import Checkpoints
import FileFixtures
import Files
import Foundation
import HostileInput
import SeededRandomness
import StrictJSON
import Testing

@Suite("Files of a run, hostile")
struct HostileRunFileTests {
    @Test("A text, or a manifest, that claims a tebibyte is refused before it is read")
    func sparse() throws {
        let directory = try TemporaryDirectory()
        let run = RunDirectory(directory.path)
        guard (try? makeSparseFile(directory.path + "/config.json", byteCount: 1 << 40)) != nil else { return }  // a file system without so large files
        let text = error { () throws(CheckpointError) in _ = try run.readText(named: "config.json") }
        #expect(text?.category == .damaged && text?.description.contains("1099511627776 bytes; at most 67108864") == true)
        try FileManager.default.createDirectory(atPath: directory.path + "/checkpoints/step-00000001", withIntermediateDirectories: true)
        try makeSparseFile(directory.path + "/checkpoints/step-00000001/manifest.json", byteCount: 1 << 40)
        let recovery = error { () throws(CheckpointError) in _ = try run.newestVerified() }
        guard case .noneVerified(_, let skippedCheckpoints)? = recovery, case .manifest? = skippedCheckpoints.first?.reason else { return #expect(recovery == nil) }
    }

    @Test("Metrics of any size are read in the memory of a line")
    func largeMetrics() async {
        await #expect(processExitsWith: .success) { exit(Self.largeMetricsFailure()) }
    }

    /// The number of what failed, 0 if nothing did. A function, so that its files are removed before the process ends.
    private static func largeMetricsFailure() -> Int32 {
        guard let directory = try? TemporaryDirectory(), let run = try? RunDirectory(directory.path).locked() else { return 4 }
        let before = peakMemoryByteCount()
        guard (try? makeSparseFile(run.directory.metricsPath, beginning: Array("{\"step\":1}\n".utf8), byteCount: 1 << 28)) != nil else { return 4 }
        let omission = (try? run.openMetrics(goingOnFrom: 9))?.omission
        guard omission == MetricsLog.Omission(laterLineCount: 0, unreadableLineCount: 1) else { return 2 }
        guard (try? run.directory.readText(named: "metrics.jsonl")) == "{\"step\":1}\n" else { return 5 }
        return peakMemoryByteCount() - before < 32 << 20 ? 0 : 3
    }

    @Test("Lines are whole wherever the pieces end in which they are read, and one of more than a mebibyte goes")
    func longLines() throws {
        let directory = try TemporaryDirectory()
        func line(_ byteCount: Int) -> String {
            let (open, close) = ("{\"step\":1,\"x\":\"", "\"}\n")
            return open + String(repeating: "x", count: byteCount - open.utf8.count - close.utf8.count) + close
        }
        let mebibyte = 1 << 20
        let kept = [line(mebibyte), line(100), line(mebibyte - 100), line(mebibyte - 1), line(50), line(700_000), line(700_000), line(700_000)]
        let lines = [kept[0], line(mebibyte + 1), line(5_000_000)] + kept.dropFirst()
        let path = try directory.file("metrics.jsonl", Array(lines.joined().utf8))
        let log = try RunDirectory(directory.path).locked().openMetrics(goingOnFrom: 1)
        #expect(log.omission == MetricsLog.Omission(laterLineCount: 0, unreadableLineCount: 2))
        #expect(try bytes(of: path) == Array(kept.joined().utf8))
    }

    /// The manifest of a real checkpoint with `replaced` in the place of `text`, its own hash made anew.
    private func manifest(_ text: String, _ replaced: String) throws -> Result<CheckpointManifest, CheckpointError> {
        var numbers = SeededGenerator(seed: 1)
        let directory = try TemporaryDirectory(inMemory: true)
        let committed = try RunDirectory(directory.path).locked().commit(snapshot(step: 3, &numbers))
        let good = String(decoding: try bytes(of: committed.path + "/manifest.json"), as: UTF8.self)
        try #require(good.contains(text))
        let body = Array(good.dropLast(64 + "\"\n}\n".count).utf8)
        let spoilt = Array(String(decoding: body, as: UTF8.self).replacing(text, with: replaced, maxReplacements: 1).utf8)
        let signed = spoilt + Array((try SHA256.hex(of: spoilt) + "\"\n}\n").utf8)
        return Result { () throws(CheckpointError) in try CheckpointManifest(text: signed, path: "manifest.json") }
    }

    /// A part of a manifest, what stands there instead, and what the refusal must name.
    struct Spoilt: CustomTestStringConvertible {
        let text: String
        let replaced: String
        let named: String
        var testDescription: String { "\(text) made \(replaced.prefix(40))" }
    }

    @Test(
        "A count that no Int holds, a hash that is none, a million records and 10,000 levels are each refused, with the key and in few words",
        arguments: [
            Spoilt(text: "\"step\": 3", replaced: "\"step\": 9223372036854775808", named: "'step'"),
            Spoilt(text: "\"epoch\": 1", replaced: "\"epoch\": -1", named: "'epoch'"),
            Spoilt(text: "\"seed\": ", replaced: "\"seed\": 1", named: "'seed'"),
            Spoilt(text: "\"byteCount\": ", replaced: "\"byteCount\": 99999999999999999999", named: "'byteCount'"),
            Spoilt(text: "\"weightsSHA256\": \"", replaced: "\"weightsSHA256\": \"\\u001b[2J", named: "'weightsSHA256'"),
            Spoilt(text: "\"sha256\": \"", replaced: "\"sha256\": \"A", named: "'sha256'"),
            Spoilt(text: "\"files\": [", replaced: "\"files\": [" + String(repeating: "0,", count: 1_000_000), named: "'name'"),
            Spoilt(text: "\"progress\": {", replaced: "\"progress\": {\"x\": " + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + ",", named: "64"),
            Spoilt(text: "lstm-train checkpoint", replaced: "\\u001b" + String(repeating: "x", count: 1_000_000), named: "format"),
            Spoilt(text: "\"epoch\": 1", replaced: "\"epoch\": \"" + String(repeating: "x", count: 1_000_000) + "\"", named: "'epoch'"),
        ])
    func manifests(spoilt: Spoilt) throws {
        guard case .failure(let error) = try manifest(spoilt.text, spoilt.replaced) else {
            Issue.record("\(spoilt.testDescription) was taken")
            return
        }
        #expect(error.category == .damaged && error.description.contains(spoilt.named), "\(error.description.prefix(300))")
        #expect(error.description.utf8.count < 1000 && !error.description.utf8.contains(0x1B))
    }

    @Test("What stands where a manifest's own hash should is shown without controls")
    func ownHash() throws {
        let text = Array("{}".utf8) + Array(",\n  \"manifestSHA256\": \"".utf8) + [UInt8](repeating: 0x1B, count: 64) + Array("\"\n}\n".utf8)
        let thrown = error { () throws(CheckpointError) in _ = try CheckpointManifest(text: text, path: "manifest.json") }
        guard case .fileHash? = thrown else { return #expect(thrown == nil) }
        #expect(thrown?.description.utf8.contains(0x1B) == false)
    }
}
