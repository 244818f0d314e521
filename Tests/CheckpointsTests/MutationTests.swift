import Checkpoints
import FileFixtures
import Files
import Foundation
import HostileInput
import SeededRandomness
import StrictJSON
import Testing

@Suite("Files of a run spoilt at random")
struct MutationTests {
    @Test("A spoilt manifest, its own hash made anew or not, is refused or reads back from what is written of it, and never traps")
    func manifests() throws {
        var numbers = SeededGenerator(seed: 1)
        let directory = try TemporaryDirectory(inMemory: true)
        let run = try RunDirectory(directory.path + "/run").locked()
        let texts = try [snapshot(step: 3, loss: .infinity, &numbers), snapshot(step: 12, streams: false, &numbers)].map {
            try bytes(of: run.commit($0).path + "/manifest.json")
        }
        let copy = directory.path + "/copy"
        try FileManager.default.copyItem(atPath: directory.path + "/run/checkpoints/step-00000003", toPath: copy)
        let opening = Array(",\n  \"manifestSHA256\": \"".utf8)
        let bodies = texts.map { Array($0.dropLast(opening.count + 64 + "\"\n}\n".utf8.count)) }
        let tokens = ["{", "}", "[", "]", "\"", ",", "null", "\"nan\"", "\"-inf\"", "\"step\": 1,", "[[[[[[[[", "\\u001b[2J", "\"version\": 1,", "{}"]
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of manifests", runCount: 30_000) { mutator in
            let body = mutator.spoilt(bodies[0], other: bodies[1], tokens: tokens.map { Array($0.utf8) }) + opening
            let isSigned = Int.random(in: 0..<8, using: &mutator) > 0
            let text = body + Array((try isSigned ? SHA256.hex(of: body) : String(repeating: "0", count: 64)).utf8) + Array("\"\n}\n".utf8)
            do throws(CheckpointError) {
                let manifest = try CheckpointManifest(text: text, path: "manifest.json")
                takenCount += 1
                let written = try mappingErrors(try manifest.text())
                // By their texts: a loss may be NaN.
                let again = try CheckpointManifest(text: written, path: "")
                if try mappingErrors(try again.text()) != written || !isSigned { Issue.record("seed \(mutator.seed)") }
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 1000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
            if Int.random(in: 0..<32, using: &mutator) == 0 {
                try write(text, to: copy + "/manifest.json")
                _ = try? StoredCheckpoint.open(copy)
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    @Test("Of spoilt metrics just the whole lines with a step that isn't later stay, with their bytes")
    func metrics() throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let run = try RunDirectory(directory.path).locked()
        let lines = (1...5).map { "{\"step\":\($0),\"loss\":\(Double($0) / 8),\"text\":\"é\\n\"}\n" }
        let (log, other) = (Array(lines.joined().utf8), Array("{\"a\":[1,{}],\"step\":3}\n\n{ \"step\" : 4 }\n".utf8))
        let tokens = ["\n", "\n\n", "\r", "\0", "{", "}", "\"step\":", "\"step\":1,", "{\"step\":2}\n", "[[[["]
        let slowest = try fuzz("mutations of metrics", runCount: 10_000) { mutator in
            let spoilt = mutator.spoilt(log, other: other, tokens: tokens.map { Array($0.utf8) })
            let step = Int.random(in: -1...6, using: &mutator)
            let path = try directory.file("metrics.jsonl", spoilt)
            let omission = try run.openMetrics(goingOnFrom: step).omission
            let wanted = Self.plainlyRead(spoilt, through: step)
            if try bytes(of: path) != wanted.kept || omission != wanted.omission { Issue.record("seed \(mutator.seed): \(spoilt), step \(step)") }
        }
        #expect(slowest < 5)
    }

    /// What should stay and what not, all lines at once.
    private static func plainlyRead(_ bytes: [UInt8], through step: Int) -> (kept: [UInt8], omission: MetricsLog.Omission) {
        var (kept, omission) = ([UInt8](), MetricsLog.Omission())
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let rest = lines.popLast(), !rest.isEmpty { omission.unreadableLineCount += 1 }
        for line in lines {
            switch (try? JSONValue.parse(Array(line)))?["step"]?.integerValue {
            case nil: omission.unreadableLineCount += 1
            case let found? where found > step: omission.laterLineCount += 1
            default: kept += line + [UInt8(ascii: "\n")]
            }
        }
        return (kept, omission)
    }

    /// A mutator that spoils everything, or nothing, would show nothing; and no document hangs.
    private func expectBoth(_ refusedCount: Int, _ takenCount: Int, _ slowest: Double) {
        #expect(slowest < 5)
        let count = refusedCount + takenCount
        #expect(count < 1000 || min(refusedCount, takenCount) > count / 100, "\(refusedCount) refused, \(takenCount) taken")
    }
}
