import Foundation
import Measurement
import Layers
import Models
import NumberText
import Training

/// A benchmark's results as text.
enum BenchmarkText {
    static func lines(_ times: StepTimes) -> [String] {
        let shape = times.shape
        let reads =
            shape.vocabulary == 0 ? counted(shape.input, "number") : counted(shape.vocabulary, "symbol") + (shape.isEmbedded ? ", embedding \(shape.input)" : ", one-hot")
        let layers =
            "\(shape.layers) × \(shape.layer.name) of \(counted(shape.layer.hidden, "unit"))" + (shape.dropout > 0 ? ", dropout \(shape.dropout)" : "")
        let steps = shape.leastTimeCount.map { "\($0) to " } ?? ""
        var lines = [
            "\(shape.name)  batch \(shape.batch), \(steps)\(counted(shape.timeCount, "time step")), \(reads), \(layers), loss at "
                + (shape.lossAtEveryStep ? "every step" : "the last step"),
            "  \(counted(times.parameterCount, "parameter")); \(counted(times.rankCount, "rank")) × \(times.threadCount) "
                + "thread\(times.threadCount == 1 ? "" : "s"), \(arithmetic(times.precision))",
            String(
                format: "  step      %.3f ms median, %.3f ms best of %d; %@ time steps/s", times.medianSeconds * 1e3, times.bestSeconds * 1e3,
                times.stepCount, grouped(Int(times.timeStepsPerSecond))),
            String(format: "  GFLOP/s   %.1f of the model, %.1f executed: ", times.modelRate, times.executedRate)
                + (times.peakRate.map { String(format: "%.0f %% of the peak of %.1f", 100 * times.executedRate / $0, $0) } ?? unknownPeak),
            String(format: "  memory    %.1f MB at the most", times.peakMemoryByteCount / 1e6),
        ]
        for phase in times.phases where phase.milliseconds > 0 {
            lines.append(
                "    " + phase.phase.name.padding(toLength: 21, withPad: " ", startingAt: 0)
                    + String(format: "%10.3f ms", phase.milliseconds) + (phase.multiplyAdds > 0 ? String(format: "%9.1f GFLOP/s", phase.rate) : ""))
        }
        return lines
    }

    static func lines(_ benchmark: OptimizerBenchmark) -> [String] {
        ["\(grouped(benchmark.parameterCount)) parameters, \(counted(benchmark.threadCount, "thread")); bytes read and written, beside those of a plain copy"]
            + benchmark.results.map { result in
                "  " + result.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + String(format: "%9.3f ms%9.1f GB/s  %3.0f %%", result.seconds * 1e3, result.byteRate / 1e9, 100 * result.shareOfCopy)
            }
    }

    static func lines(_ benchmark: DataBenchmark, files: [String]) -> [String] {
        let names = files.isEmpty ? "generated data" : "\(files.joined(separator: ", "))  \(bytes(Double(benchmark.sourceByteCount)))"
        let group = "\(counted(benchmark.rankCount, "rank")) × \(counted(benchmark.threadCount, "thread"))"
        return [names + "; " + group]
            + benchmark.readings.flatMap { reading in
                [
                    "  " + (reading.isPrepared ? "prepared" : "files").padding(toLength: 10, withPad: " ", startingAt: 0)
                        + String(format: "ready after %.1f ms", reading.openSeconds * 1e3)
                        + (benchmark.byteRate(of: reading).map { String(format: " (%.1f MB/s)", $0 / 1e6) } ?? "")
                        + String(format: ", the first batch after %.1f ms", reading.firstBatchSeconds * 1e3),
                    String(
                        format: "            a batch takes %.4f ms (%@ time steps/s): %.2f %% of a step of %.3f ms", reading.batchSeconds * 1e3,
                        grouped(Int(reading.timeStepsPerSecond)), 100 * benchmark.share(of: reading), benchmark.stepSeconds * 1e3),
                ]
            }
    }

    private static let unknownPeak = "the peak is unknown, since other programs kept the cores busy"

    static func lines(_ kernels: KernelBenchmark) -> [String] {
        ["one thread, \(arithmetic(kernels.precision)); " + (kernels.peakRate.map { String(format: "FMA peak %.1f GFLOP/s", $0) } ?? unknownPeak)]
            + kernels.results.map { result in
                var line = "  " + result.name.padding(toLength: 36, withPad: " ", startingAt: 0)
                if let rate = result.rate {
                    line += String(format: "%9.1f GFLOP/s", rate) + (kernels.peakRate.map { String(format: "  %3.0f %%", 100 * rate / $0) } ?? "")
                }
                if let nanoseconds = result.nanoseconds { line += String(format: "%9.3f ns an element", nanoseconds) }
                return line
            }
    }
}
