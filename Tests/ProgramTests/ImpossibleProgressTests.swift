import Checkpoints
import Files
import Foundation
import Testing

extension ProgramTests {
    @Suite("a checkpoint at an impossible position")
    struct ImpossibleProgressTests {
        @Test(
            "a manifest with a correct hash but impossible counts is rejected on resume, with the count",
            arguments: [
                ("\"positionInEpoch\": 4", "\"positionInEpoch\": 1000000", "positionInEpoch is 1000000"),
                ("\"positionInEpoch\": 4", "\"positionInEpoch\": 9223372036854775807", "positionInEpoch is 9223372036854775807"),
                ("\"epoch\": 0", "\"epoch\": 5000000000", "epoch is 5000000000"),
                ("\"skippedSteps\": 0", "\"skippedSteps\": -9223372036854775808", "skippedSteps is -9223372036854775808"),
                ("\"epochTargetCount\": ", "\"epochTargetCount\": 9223372036854775", "epochTargetCount is 9223372036854775"),
            ])
        func refused(text: String, replaced: String, complaint: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Work.text.prepare(in: folder)
            try #require(try folder.train(.text, "training.steps=4").exitCode == 0)
            let manifest = checkpoint(4) + "/manifest.json"
            let good = try folder.text(manifest)
            try #require(good.contains(text), "\(good)")
            let body = Array(good.dropLast(64 + "\"\n}\n".count).replacing(text, with: replaced).utf8)
            try folder.write(body + Array((SHA256.hex(of: body) + "\"\n}\n").utf8), manifest)
            let result = try folder.train(.text, "training.steps=8")
            #expect(result.exitCode == 65 && result.errorOutput.contains(complaint), "\(result)")
        }
    }
}
