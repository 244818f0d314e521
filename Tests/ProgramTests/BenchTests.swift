import Foundation
import StrictJSON
import Testing

extension ProgramTests {
    @Suite("bench")
    struct BenchTests {
        private let sizes = ["--batch", "9", "--time", "7", "--vocabulary", "11", "--input", "5", "--hidden", "20", "--layers", "2", "--seconds", "0.1"]

        @Test("prints one JSON object with every result, alone and on two ranks", arguments: [1, 2])
        func json(rankCount: Int) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(Launch(rankCount), ["bench"] + sizes + ["--threads", "1", "--json"])
            try #require(result.exitCode == 0, "\(result)")
            let figures = try JSONValue.parse(Array(result.output.utf8))
            #expect(figures["shape"]?.stringValue == "custom")
            #expect(figures["threads"]?.integerValue == 1 && figures["ranks"]?.integerValue == rankCount)
            for key in ["medianMilliseconds", "bestMilliseconds", "timeStepsPerSecond", "modelGFLOPS", "executedGFLOPS", "peakGFLOPS", "peakMemoryBytes"] {
                let value = figures[key]?.realValue ?? 0
                #expect(value > 0, "\(key)")
            }
            let (best, median) = (figures["bestMilliseconds"]?.realValue ?? .nan, figures["medianMilliseconds"]?.realValue ?? .nan)
            #expect(best <= median)
            let phases = try #require(figures["phases"]?.arrayValue)
            #expect(phases.contains { $0["name"]?.stringValue == "sum over ranks" })
            let sum = try phases.reduce(0) { $0 + (try #require($1["milliseconds"]?.realValue)) }
            #expect(sum > 0)
        }

        @Test("times steps and kernels in bfloat16, with that precision's own peak")
        func bfloat16() throws {
            let folder = try Folder()
            defer { folder.remove() }
            for precision in ["float32", "bfloat16"] {
                let steps = try folder.run(.alone, ["bench"] + sizes + ["--precision", precision, "--json"])
                #expect(try JSONValue.parse(Array(steps.output.utf8))["precision"]?.stringValue == precision)
                let kernels = try folder.run(.alone, "bench", "--kernels", "--seconds", "0.01", "--precision", precision)
                #expect(kernels.output.contains(", \(precision)") && kernels.output.contains("tile 6 × 4 vectors"), "\(kernels)")
            }
        }

        @Test("counts the model's arithmetic as six operations per multiply-add, a one-hot input in full")
        func arithmetic() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(
                .alone, "bench", "--batch", "4", "--time", "3", "--vocabulary", "10", "--input", "0", "--hidden", "16", "--layers", "1", "--loss", "last",
                "--seconds", "0.1", "--json")
            try #require(result.exitCode == 0, "\(result)")
            let figures = try JSONValue.parse(Array(result.output.utf8))
            let operations = 6.0 * 4 * (3 * 4 * 16 * (10 + 16) + 16 * 10)
            let rate = try #require(figures["modelGFLOPS"]?.realValue)
            let seconds = try #require(figures["medianMilliseconds"]?.realValue) / 1e3
            #expect(abs(rate * 1e9 * seconds / operations - 1) < 1e-6)
        }

        @Test("times layers with the options asked for", arguments: [
            (["--layer-norm", "products"], "LSTM, normalised products"), (["--peepholes"], "LSTM, peepholes"), (["--projection", "8"], "LSTM, projection 8"),
            (["--zoneout", "0.1"], "LSTM, zoneout 0.1, cell zoneout 0.1"), (["--cell", "gru", "--weight-drop", "0.2"], "GRU, weight drop 0.2"),
        ])
        func layers(options: [String], name: String) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(.alone, ["bench"] + sizes + options + ["--json"])
            try #require(result.exitCode == 0, "\(result)")
            #expect(try JSONValue.parse(Array(result.output.utf8))["layer"]?.stringValue == name)
        }

        @Test("multiplies no padding of sequences of several lengths")
        func lengths() throws {
            let folder = try Folder()
            defer { folder.remove() }
            func operations(_ options: [String]) throws -> Double {
                let result = try folder.run(
                    .alone, ["bench", "--batch", "40", "--time", "40", "--vocabulary", "0", "--input", "9", "--hidden", "16", "--layers", "1", "--json",
                        "--seconds", "0.01"] + options)
                try #require(result.exitCode == 0, "\(result)")
                let figures = try JSONValue.parse(Array(result.output.utf8))
                return (figures["executedGFLOPS"]?.realValue ?? .nan) * (figures["medianMilliseconds"]?.realValue ?? .nan)
            }
            let (whole, ragged) = (try operations([]), try operations(["--shortest", "20"]))
            // Lengths are 30 on the average.
            #expect(0.7 < ragged / whole && ragged / whole < 0.8, "\(ragged) of \(whole)")
        }

        @Test("prints a table of phases, and each kernel's share of the peak")
        func tables() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let steps = try folder.run(.alone, ["bench"] + sizes + ["--gates", "split", "--segment", "3"])
            try #require(steps.exitCode == 0, "\(steps)")
            for name in ["weight packing", "recurrence forward", "recurrence backward", "weight gradients", "head and loss", "optimizer", "of the peak"] {
                #expect(steps.output.contains(name), "\(name)")
            }
            let kernels = try folder.run(.alone, "bench", "--kernels", "--seconds", "0.01")
            try #require(kernels.exitCode == 0, "\(kernels)")
            #expect(kernels.output.contains("tile 6 × 4 vectors") && kernels.output.contains("sigmoid"))
        }

        @Test("times every optimizer beside a copy of its parameters")
        func optimizers() throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(.alone, "bench", "--optimizers", "--seconds", "0.001", "--threads", "2", "--json")
            try #require(result.exitCode == 0, "\(result)")
            let found = try JSONValue.parse(Array(result.output.utf8))
            let names = (found["optimizers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            #expect(names == ["adam", "adamw", "sgd", "sgd, momentum", "rmsprop", "rmsprop, momentum", "adagrad", "nadam", "lamb"])
            for optimizer in found["optimizers"]?.arrayValue ?? [] {
                let (time, rate) = (optimizer["milliseconds"]?.realValue ?? 0, optimizer["gigabytesPerSecond"]?.realValue ?? 0)
                // 3, 5, 7 or 9 floats a parameter.
                let floats = time * 1e-3 * rate * 1e9 / 4 / 20_000_000
                #expect(time > 0 && [3.0, 5, 7, 9].contains { abs($0 - floats) < 1e-6 } && (optimizer["shareOfCopy"]?.realValue ?? 0) > 0, "\(optimizer)")
            }
            let both = try folder.run(.alone, "bench", "--optimizers", "--kernels")
            #expect(both.exitCode == 64 && both.errorOutput.contains("--kernels and --optimizers don't go together"), "\(both)")
        }

        @Test("rejects invalid shapes and sizes", arguments: [["--shape", "char-51"], ["--hidden", "0"], ["--batch", "-3"], ["--seconds", "0"],
            ["--vocabulary", "0", "--loss", "every"], ["--vocabulary", "0", "--input", "0"], ["--shape", "series", "--shortest", "97"], ["--shortest", "0"],
            ["--layer-norm", "gates", "--peepholes"], ["--projection", "8", "--zoneout", "0.1"], ["--cell", "gru", "--projection", "8"],
            ["--cell", "slstm", "--recurrent-dropout", "0.1"], ["--zoneout", "1"]])
        func refuses(arguments: [String]) throws {
            let folder = try Folder()
            defer { folder.remove() }
            let result = try folder.run(.alone, ["bench"] + arguments)
            #expect(result.exitCode == 64, "\(result)")
        }
    }
}
