import ArgumentParser
import Communication
import Foundation
import Kernels
import Measurement
import Layers
import Models
import NumberText
import StrictJSON
import Training
import ShellText

struct BenchCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time whole training steps on synthetic data: forward, loss, backward, sum over ranks, clip, optimizer.",
        discussion: """
            The named shapes: \(BenchmarkShape.named.map(\.name).joined(separator: ", ")). Without --shape and without sizes all of them are timed.

            EXAMPLES
              lstm-train bench --shape char-512 --threads 1
              lstm-train bench --batch 20 --time 100 --input 12 --hidden 100 --layers 2
              mpirun -n 2 lstm-train bench --shape char-512 --json
              lstm-train bench --data play.json          how fast the data are read, and its share of a step
            """)

    @Option(help: "A named shape; sizes given beside it change it.")
    var shape: String?

    @Option(parsing: .unconditional, help: "Sequences of a batch, over all ranks.")
    var batch: Int?

    @Option(parsing: .unconditional, help: "Time steps of a sequence.")
    var time: Int?

    @Option(parsing: .unconditional, help: "Time steps of the shortest sequence: lengths are then random, and --time is the longest.")
    var shortest: Int?

    @Option(parsing: .unconditional, help: "Tokens that there are; 0 for real-valued inputs and outputs.")
    var vocabulary: Int?

    @Option(parsing: .unconditional, help: "Numbers that the first layer reads at a time step; with a vocabulary, the embedding's width (0: one-hot).")
    var input: Int?

    @Option(help: "Cell of the recurrent layers.")
    var cell: CellKind?

    @Option(parsing: .unconditional, help: "Units of a layer.")
    var hidden: Int?

    @Option(parsing: .unconditional, help: "Recurrent layers.")
    var layers: Int?

    @Flag(help: "The recurrent layers also read each sequence backwards.")
    var bidirectional = false

    @Option(parsing: .unconditional, help: "Dropout's rate between the recurrent layers.")
    var dropout: Double?

    @Option(parsing: .unconditional, help: "Recurrent dropout's rate inside the recurrent layers.")
    var recurrentDropout: Double?

    @Option(parsing: .unconditional, help: "Weight drop's rate of the hidden-to-hidden weights.")
    var weightDrop: Double?

    @Option(parsing: .unconditional, help: "Zoneout's rate of hidden and cell state.")
    var zoneout: Double?

    @Option(parsing: .unconditional, help: "Numbers that a projection makes of an LSTM's outputs.")
    var projection: Int?

    @Option(help: "What of an LSTM is normalised.")
    var layerNorm: LayerNormPlace?

    @Flag(help: "The LSTM has peepholes.")
    var peepholes = false

    @Option(help: "Where the loss is taken: at every time step or the last.")
    var loss: LossPlace?

    @Option(parsing: .unconditional, help: "Threads of each rank; 0: as many as the cores it may use.")
    var threads = 0

    @Option(help: "What a thread's task is inside the recurrence: units with all their gates, or a gate.")
    var gates = Gates.fused

    @Option(parsing: .unconditional, help: "Time steps whose activations are kept at once; 0: all. The others are computed a second time.")
    var segment = 0

    @Option(help: "What products' factors are rounded to; the peak is then that precision's.")
    var precision = Precision.float32

    @Option(parsing: .unconditional, help: "Seconds to time a shape for.")
    var seconds = 3.0

    @Flag(help: "Time each kernel alone instead of whole steps.")
    var kernels = false

    @Flag(help: "Time each optimizer's step over 20 million parameters, beside a plain copy of as many floats, instead of whole steps.")
    var optimizers = false

    @Option(help: ArgumentHelp("Time reading a configuration's data, from the files and from data.prepared, beside its training step.", valueName: "config.json"))
    var data: String?

    @Flag(help: "A JSON object a line.")
    var json = false

    /// Of --data keys to change; otherwise it catches arguments such as a configuration, which bench doesn't use.
    @Argument(help: .hidden)
    var surplus: [String] = []

    enum LossPlace: String, ExpressibleByArgument, CaseIterable { case every, last }
    enum Gates: String, ExpressibleByArgument, CaseIterable { case fused, split }

    func validate() throws {
        if data != nil { return try validateData() }
        if let surplus = surplus.first {
            throw ValidationError(
                "'\(surplus)' is not for bench, which times shapes: --shape, or sizes such as --hidden 256. "
                    + "For a configuration: lstm-train doctor \(surplus.shellPath)")
        }
        if let shape, !BenchmarkShape.named.contains(where: { $0.name == shape }) {
            throw ValidationError("'\(shape)' is not a shape here; choose \(BenchmarkShape.named.map(\.name).joined(separator: ", ")).")
        }
        for (name, value, least) in [
            ("batch", batch, 1), ("time", time, 1), ("vocabulary", vocabulary, 0), ("input", input, 0), ("hidden", hidden, 1), ("layers", layers, 1),
            ("threads", threads, 0), ("segment", segment, 0), ("shortest", shortest, 1), ("projection", projection, 1),
        ] {
            guard let value, !(least...1_000_000 ~= value) else { continue }
            throw ValidationError("--\(name) is \(value); it must be from \(least) to 1000000.")
        }
        if let chosen = shapes.first, givesSizes, chosen.vocabulary == 0 {
            if loss == .every { throw ValidationError("--loss every needs a vocabulary; real numbers are predicted at the last step.") }
            if chosen.input == 0 { throw ValidationError("--input is 0; without a vocabulary it must be at least 1.") }
        }
        for (name, rate) in [("dropout", dropout), ("recurrent-dropout", recurrentDropout), ("weight-drop", weightDrop), ("zoneout", zoneout)] {
            guard let rate, !(0..<1 ~= rate) else { continue }
            throw ValidationError("--\(name) is \(rate); it must be at least 0 and below 1.")
        }
        try validateLayer()
        if kernels && optimizers { throw ValidationError("--kernels and --optimizers don't go together; give one of them.") }
        guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds is \(seconds); it must be above 0 and at most 3600.") }
    }

    /// What doesn't go together in a layer.
    private func validateLayer() throws {
        if let chosen = shapes.first, let shortest, shortest > chosen.timeCount {
            throw ValidationError("--shortest is \(shortest); it must be at most --time, \(chosen.timeCount).")
        }
        let ofLSTM = [("projection", projection != nil), ("layer-norm", layerNorm ?? .none != .none), ("peepholes", peepholes)].filter(\.1).map { "--" + $0.0 }
        let changesCell = [("recurrent-dropout", recurrentDropout), ("zoneout", zoneout)].filter { $0.1 ?? 0 > 0 }.map { "--" + $0.0 }
        if let option = ofLSTM.first, cell ?? .lstm != .lstm { throw ValidationError("\(option) is an LSTM's; leave out --cell.") }
        if cell == .slstm, let option = changesCell.first { throw ValidationError("\(option) doesn't go with an sLSTM; choose another --cell.") }
        guard ofLSTM.count > 1 || !(ofLSTM.isEmpty || changesCell.isEmpty) else { return }
        throw ValidationError("\((ofLSTM + changesCell).joined(separator: " and ")) don't go together here; give one of them.")
    }

    func run(in session: Session) throws {
        if kernels {
            guard session.isRoot else { return }
            session.group.recorder.beginAlone("timing kernels")
            timeKernels()
            return
        }
        if let data { return try timeData(data, in: session) }
        let team = session.team(threadsAsked: threads)
        if optimizers {
            guard session.isRoot else { return }
            session.group.recorder.beginAlone("timing optimizers")
            let benchmark = OptimizerBenchmark(team: team, seconds: min(seconds, 1))
            printLine(json ? benchmark.json.serialized() : BenchmarkText.lines(benchmark).joined(separator: "\n"))
            return
        }
        for shape in shapes {
            let benchmark = try StepBenchmark(
                shape, gates: gates == .split ? .split : .fused, precision: precision, segmentLength: segment, shardCount: max(8, session.group.rankCount),
                group: session.group, team: team)
            let times = try benchmark.run(seconds: seconds)
            guard session.isRoot else { continue }
            printLine(json ? times.json.serialized() : BenchmarkText.lines(times).joined(separator: "\n"))
            fflush(nil)
        }
    }

    private func timeKernels() {
        let benchmark = KernelBenchmark(precision: precision, seconds: min(seconds, 0.3))
        printLine(json ? benchmark.json.serialized() : BenchmarkText.lines(benchmark).joined(separator: "\n"))
    }

    var givesSizes: Bool {
        [batch, time, shortest, vocabulary, input, hidden, layers, projection].contains { $0 != nil } || loss != nil || cell != nil || bidirectional
            || layerNorm != nil || peepholes || [dropout, recurrentDropout, weightDrop, zoneout].contains { $0 != nil }
    }

    private func layer(hidden: Int) -> RecurrentDescription {
        var layer = RecurrentDescription(cell: cell ?? .lstm, hidden: hidden, hasPeepholes: peepholes && cell ?? .lstm == .lstm)
        (layer.isBidirectional, layer.projection, layer.layerNorm) = (bidirectional, projection ?? 0, layerNorm ?? .none)
        (layer.regularization.recurrentDropout, layer.regularization.weightDrop) = (recurrentDropout ?? 0, weightDrop ?? 0)
        (layer.regularization.zoneout, layer.regularization.zoneoutCell) = (zoneout ?? 0, zoneout ?? 0)
        return layer
    }

    private var shapes: [BenchmarkShape] {
        guard shape != nil || givesSizes else { return BenchmarkShape.named }
        var chosen = BenchmarkShape.named.first { $0.name == shape ?? "char-rnn" } ?? BenchmarkShape.named[0]
        guard givesSizes else { return [chosen] }
        chosen.name = shape.map { $0 + ", changed" } ?? "custom"
        chosen.batch = batch ?? chosen.batch
        chosen.timeCount = time ?? chosen.timeCount
        chosen.leastTimeCount = shortest
        if let vocabulary { chosen.vocabulary = vocabulary }
        chosen.layer = layer(hidden: hidden ?? chosen.layer.hidden)
        chosen.layers = layers ?? chosen.layers
        chosen.dropout = dropout ?? 0
        chosen.isEmbedded = chosen.vocabulary > 0 && input.map { $0 > 0 } ?? chosen.isEmbedded
        chosen.input = input ?? chosen.input
        if chosen.vocabulary > 0 && !chosen.isEmbedded { chosen.input = chosen.vocabulary }
        chosen.lossAtEveryStep = chosen.vocabulary > 0 && (loss.map { $0 == .every } ?? chosen.lossAtEveryStep)
        return [chosen]
    }
}
