import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("class weights, and metrics of two classes")
    struct ClassWeightsRunTests {
        /// 80 sequences of a class and 20 of another, of 1 to 5 steps: 64 and 16 for training.
        private static let work = Work(
            name: "rare",
            configuration: """
                {"data": {"kind": "sequences", "files": "rare.csv", "label": "kind", "validationFraction": 0.2},
                 "model": {"hidden": 9}, "training": {"batch": 10, "steps": 40, "classWeights": "balanced"}, "optimizer": {"learningRate": 0.02}}
                """,
            files: [
                "rare.csv": "a,b,c,d,e,kind\n"
                    + (0..<100).map { row in
                        let length = 1 + row * 37 % 5
                        let steps = (0..<5).map { $0 < length ? "\((row * 7 + $0 * (row % 5 == 0 ? 3 : 2)) % 11)" : "" }
                        return (steps + [row % 5 == 0 ? "rare" : "usual"]).joined(separator: ",") + "\n"
                    }.joined()
            ])

        @Test("ranks, threads, groups of shards and resumes don't change the weights; evaluate's figures are the same on any number of ranks")
        func sameBits() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.work.prepare(in: folder)
            try folder.train(Self.work, into: "whole")
            try folder.train(Self.work, "training.steps=17", "parallelism.threads=3", on: .ranks(2))
            let result = try folder.train(Self.work, "training.accumulate=2", on: .ranks(4))
            try #require(result.exitCode == 0, "\(result)")
            #expect(try folder.weights() == folder.weights("whole"))
            let evaluations = try [1, 2, 4].map { try folder.run(Launch($0), "evaluate", "run", "--json").output }
            let json = try JSONValue.parse(Array(evaluations[0].utf8))
            let supports = (json["classes"]?.arrayValue ?? []).map { $0["support"]?.integerValue }
            #expect(Set(evaluations).count == 1 && supports == [4, 16], "\(evaluations[0])")
            #expect(json["rocAUC"]?.realValue != nil && json["rocAUCOfBaseline"]?.realValue == 0.5)
            #expect(json["accuracyOfBaseline"]?.realValue == 0.8)
            let matrix = (json["confusionMatrix"]?.arrayValue ?? []).map { ($0.arrayValue ?? []).compactMap(\.integerValue) }
            let accuracy = Double(matrix[0][0] + matrix[1][1]) / 20
            #expect(matrix.joined().reduce(0, +) == 20 && accuracy == json["accuracy"]?.realValue)
        }

        @Test("balanced weights are targets / (classes · targets of the class); the training loss is weighted, the validation loss isn't")
        func formula() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.work.prepare(in: folder)
            // A rate at which a step changes no weight: losses of the first weights.
            let still = ["training.steps=8", "optimizer.learningRate=1e-37"]
            for (run, weights) in [("balanced", "balanced"), ("given", #"{"rare": 2.5, "usual": 0.625}"#), ("larger", #"{"rare": 4}"#), ("none", "none")] {
                let result = try folder.start(Self.work, still + ["training.classWeights=\(weights)"], into: run).finish()
                try #require(result.exitCode == 0, "\(result)")
                if run == "balanced" { #expect(result.output.contains("class weights from 0.625 ('usual') to 2.5 ('rare')"), "\(result)") }
            }
            func losses(_ run: String, _ key: String) throws -> [Double] { try folder.metrics(run).compactMap { $0[key]?.realValue } }
            let weighted = try losses("balanced", "epochLoss")
            #expect(try weighted == losses("given", "epochLoss") && weighted != losses("none", "epochLoss"))
            // The same ratio, whose scale the divisor takes out.
            let difference = try weighted[0] - losses("larger", "epochLoss")[0]
            #expect(abs(difference) < 1e-6)
            #expect(try losses("balanced", "validationLoss") == losses("none", "validationLoss"))
        }

        @Test("a class that the data don't have is refused with those that they have, and label smoothing and data without classes are refused")
        func refusals() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.work.prepare(in: folder)
            let unknown = "training.classWeights has 'Rare', which is none of the data's 2 classes: 'rare', 'usual'."
            try RefusalTests.expect(78, unknown, in: folder, .ranks(2), "rare.json", #"training.classWeights={"Rare": 2}"#)
            let both = "training.classWeights is \"balanced\", but training.labelSmoothing is 0.1; a loss has one of them."
            try RefusalTests.expect(78, both, in: folder, .alone, "rare.json", "training.labelSmoothing=0.1")
            let kind = "training.classWeights is \"balanced\", but data.kind \"adding\" has no named classes; it must be \"none\" there."
            try folder.write(#"{"data": {"kind": "adding"}, "training": {"classWeights": "balanced"}}"#, "adding.json")
            try RefusalTests.expect(78, kind, in: folder, .alone, "adding.json")
        }

        @Test("a model that names the most frequent class alone is said not to be better than that, after training and by evaluate")
        func notBetter() throws {
            let folder = try Folder()
            defer { folder.remove() }
            try Self.work.prepare(in: folder)
            let trained = try folder.train(Self.work, "training.classWeights=none", "training.steps=1", "optimizer.learningRate=1e-37")
            let evaluated = try folder.run(.alone, "evaluate", "run")
            let json = try JSONValue.parse(Array(folder.run(.alone, "evaluate", "run", "--json").output.utf8))
            #expect(trained.output.contains("baseline    always 'usual': loss "), "\(trained)")
            #expect(trained.output.contains("the best validation is not better than always 'usual' by loss"), "\(trained)")
            #expect(evaluated.output.contains("not better than always 'usual' by loss") && json["betterThanBaseline"]?.boolValue == false, "\(evaluated)")
        }
    }
}
