import StrictJSON
import Testing

extension ProgramTests {
    @Suite("a model that reads symbols and predicts a class")
    struct ClassifierSampleTests {
        @Test("has no samples in its metrics, and the end of training doesn't propose generate")
        func temporalOrder() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try folder.write(
                """
                {"data": {"kind": "temporalOrder", "length": 20, "trainingExamples": 40, "validationExamples": 20},
                 "model": {"hidden": 8}, "training": {"batch": 20, "epochs": 2}}
                """, "order.json")
            let result = try folder.run(.alone, "order.json", "--run-directory", "run")
            #expect(result.exitCode == 0 && result.output.contains("lstm-train evaluate run"), "\(result)")
            #expect(!result.output.contains("lstm-train generate"), "\(result)")
            let lines = try folder.text("run/metrics.jsonl").split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
            #expect(!lines.isEmpty && lines.allSatisfy { $0["sample"]?.stringValue == nil }, "\(lines)")
        }
    }
}
