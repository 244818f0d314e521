import Foundation
import PythonEnvironment
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("the event file, read by TensorBoard", .enabled(if: Python.withLibraries != nil, Comment(rawValue: Python.missing)))
    struct EventFileTests {
        /// Keys of a line of the metrics, and TensorBoard's tags for them.
        private static let tags = [
            "loss": "loss/training", "epochLoss": "loss/epoch", "validationLoss": "loss/validation", "validationAccuracy": "validation/accuracy",
            "validationAbsoluteError": "validation/absolute_error", "learningRate": "training/learning_rate", "gradientNorm": "training/gradient_norm",
            "timeStepsPerSecond": "speed/time_steps_per_second", "sequencesPerSecond": "speed/sequences_per_second", "peakShare": "speed/peak_share",
            "elapsedSeconds": "time/elapsed_seconds", "saveSeconds": "time/save_seconds",
        ]
        /// Other members of a line.
        private static let others: Set<String> = ["step", "epoch", "phaseSeconds", "resumedFromStep", "sample"]

        /// A folder with a run of 50 steps that was stopped at 20, resumed from 10 on two ranks because its newest checkpoint was damaged, and
        /// stopped and resumed once more.
        private func prepared(_ work: Work) throws -> Folder {
            let folder = try Folder()
            try work.prepare(in: folder)
            for (steps, launch) in [(20, Launch.alone), (33, .ranks(2)), (50, .alone)] {
                if steps == 33 { try folder.damage(checkpoint(20) + "/weights.safetensors") }
                let result = try folder.train(
                    work, "training.steps=\(steps)", "training.validateEverySteps=4", "log.everySteps=3", "log.sampleLength=15", "checkpoint.everySteps=10",
                    "checkpoint.best=false", on: launch)
                try #require(result.exitCode == 0, "\(result)")
            }
            return folder
        }

        private func events(in folder: Folder) throws -> JSONValue {
            let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/read_events.py")
            let result = try Python.run(try #require(Python.withLibraries), [script.path, folder.url.appending(path: "run").path])
            try #require(result.code == 0, "\(result.output)")
            return try JSONValue.parse(Array(try #require(result.output.split(separator: "\n").last).utf8))
        }

        @Test("after stops and resumes it has the metrics, samples and histograms of each step once", arguments: [Work.text, .series])
        func everyStepOnce(work: Work) throws {
            let folder = try prepared(work)
            defer { folder.remove() }
            let (events, lines) = (try events(in: folder), try folder.metrics())
            #expect(lines.compactMap { $0["resumedFromStep"]?.integerValue } == [10, 33])
            try expectScalars(of: lines, in: events)
            try expectSamples(of: lines, in: events, areWritten: work.name == "text")
            try expectHistograms(of: lines, in: events)
        }

        private func expectScalars(of lines: [JSONValue], in events: JSONValue) throws {
            let found = try #require(events["scalars"]?.membersByKey)
            var wanted: [String: [String]] = [:]
            for line in lines {
                for (key, value) in line.membersByKey where !Self.others.contains(key) {
                    wanted[try #require(Self.tags[key], "\(key)"), default: []].append(
                        "\(try #require(line["step"]?.integerValue)): \(Float(try #require(value.realValue)))")
                }
            }
            #expect(wanted["loss/training"]?.isEmpty == false && wanted["loss/epoch"]?.isEmpty == false && (wanted["loss/validation"]?.count ?? 0) >= 12)
            #expect(Set(found.keys) == Set(wanted.keys))
            for (tag, list) in wanted {
                let events = try #require(found[tag]?.arrayValue).map { "\($0[0]?.integerValue ?? -1): \(Float($0[1]?.realValue ?? .nan))" }
                #expect(events == list, "\(tag)")
                #expect(Set(events.map { $0.prefix { $0 != ":" } }).count == events.count, "\(tag) has a step twice")
            }
        }

        private func expectSamples(of lines: [JSONValue], in events: JSONValue, areWritten: Bool) throws {
            let wanted = lines.compactMap { line in line["sample"]?.stringValue.map { [line["step"]?.integerValue.map(String.init), $0] } }
            #expect(wanted.isEmpty == !areWritten)
            // Each line is indented, so that Markdown shows it literally.
            let found = (events["texts"]?["sample"]?.arrayValue ?? []).map { event in
                let text = event[1]?.stringValue.map { String(("\n" + $0).replacing("\n    ", with: "\n").dropFirst()) }
                return [event[0]?.integerValue.map(String.init), text]
            }
            #expect(found == wanted)
        }

        private func expectHistograms(of lines: [JSONValue], in events: JSONValue) throws {
            let steps = lines.filter { $0["validationLoss"] != nil }.compactMap { $0["step"]?.integerValue }
            let weights = try #require(events["weights"]?.membersByKey)
            let histograms = try #require(events["histograms"]?.membersByKey)
            #expect(Set(histograms.keys) == Set(weights.keys.flatMap { ["weights/" + $0, "gradients/" + $0] }))
            for (tag, list) in histograms {
                let found = try #require(list.arrayValue).map { $0.arrayValue?.compactMap(\.realValue) ?? [] }
                let parameter = try #require(weights[String(tag.drop { $0 != "/" }.dropFirst())]?.arrayValue).compactMap(\.realValue)
                #expect(found.map { Int($0[0]) } == steps, "\(tag)")
                #expect(found.allSatisfy { $0[1] == parameter[0] && $0[2] == parameter[0] && $0[3] <= $0[4] }, "\(tag)")
                // The last step's histograms are of the saved weights; no gradient has their bounds.
                #expect((found.last.map { Array($0[3...]) } == Array(parameter[1...])) == tag.hasPrefix("weights/"), "\(tag)")
            }
        }
    }
}

extension JSONValue {
    /// The members of an object; empty for other values.
    fileprivate var membersByKey: [String: JSONValue] {
        Dictionary((objectValue ?? []).map { ($0.key, $0.value) }) { first, _ in first }
    }

    fileprivate subscript(index: Int) -> JSONValue? {
        guard let list = arrayValue, list.indices.contains(index) else { return nil }
        return list[index]
    }
}
