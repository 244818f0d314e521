import ArgumentParser
import Charts
import Configuration
import Measurement
import NumberText
import Runs
import ShellText
import StrictJSON
import Threads

struct RateTestCommand: GroupCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate-test",
        abstract: "Find a learning rate: train some steps with a rate that rises exponentially, draw the loss over it, and propose one.",
        discussion: """
            The range test of Smith (2017), with the configuration's own data, model, optimizer and clipping. Its schedule is not used, and nothing is kept \
            but the picture. The proposal is a tenth of the rate at which the mean loss is lowest. The test ends early where the loss rises above its lowest by 3 times \
            that, and above the first one.

            EXAMPLES
              lstm-train rate-test config.json
              mpirun -n 4 lstm-train rate-test config.json --from 1e-5 --to 1 --steps 200
            """)

    static let freeOptions: Set<String> = ["output"]

    @OptionGroup var configured: ConfigurationArguments

    @Option(parsing: .unconditional, help: "Rate of the first step.")
    var from = 1e-6

    @Option(parsing: .unconditional, help: "Rate of the last step.")
    var to = 10.0

    @Option(parsing: .unconditional, help: "Steps to train.")
    var steps = 100

    @Option(help: ArgumentHelp("Where the picture goes, an .svg file. (default: the configuration's name and -rates.svg)", valueName: "file"))
    var output: String?

    @Flag(help: "One JSON object with all losses.")
    var json = false

    func validate() throws {
        try refuseEmpty([("--output", output)])
        guard from >= 1e-30, to <= 1e30, from < to else {
            throw ValidationError("--from is \(from) and --to \(to); they must be from 1e-30 to 1e30, and --from below --to.")
        }
        guard (10...100_000).contains(steps) else { throw ValidationError("--steps is \(steps); it must be from 10 to 100000.") }
        if let output, !output.hasSuffix(".svg") { throw ValidationError("--output is '\(output)'; its name must end in .svg.") }
    }

    func run(in session: Session) throws {
        let configuration = try session.group.agree { try configured.load() }
        let path = output ?? configured.name + "-rates.svg"
        // Before the steps, so that no time is lost.
        let file = try session.group.agree { session.isRoot ? try OutputFile(path, of: "rate-test", isOwn: Picture.isOurs) : nil }
        let data = try session.group.agree { try RunData(configuration) }
        try session.watch(configuration)
        let team = session.team(threadsAsked: configuration.parallelism.threads)
        let test = try RateTest(configuration, data: data, rates: from...to, stepCount: steps, group: session.group, team: team)
        try session.group.agree { try file?.write(picture(test).file) }
        guard session.isRoot else { return }
        if json { printLine(test.json.serialized()) } else { show(test, path: path) }
    }

    private func show(_ test: RateTest, path: String) {
        printLine(field("rates", "\(scientific(from, digits: 2)) to \(scientific(to, digits: 2)) in \(counted(steps, "step"))"))
        if test.isDiverged, let last = test.points.last { printLine(field("diverged", "after \(counted(test.points.count, "step")), at \(scientific(last.rate, digits: 2))")) }
        if let lowest = test.lowest { printLine(field("lowest", "mean loss \(figure(lowest.smoothedLoss)) at a rate of \(scientific(lowest.rate, digits: 2))")) }
        printLine(field("picture", path))
        if let proposal = test.proposal {
            printLine(field("proposal", "optimizer.learningRate=\(oneDigit(proposal))"))
        } else {
            for line in field("proposal", wrapped: "none: the loss didn't fall by a twentieth. Try more steps (--steps), or other rates (--from, --to).") { printLine(line) }
        }
    }

    /// The rate with one digit, as a configuration takes it: 0.003, 2e-05.
    private func oneDigit(_ rate: Double) -> String {
        let exponent = decimalExponent(of: rate)
        let unit = powerOfTen(exponent)
        return "\(Double("\(Int((rate / unit).rounded()))e\(exponent)") ?? rate)"
    }

    private func picture(_ test: RateTest) -> Picture {
        let points = test.points.map { Point($0.rate, $0.loss) }
        let means = test.points.map { Point($0.rate, $0.smoothedLoss) }
        // What comes when the loss explodes would press the rest flat.
        let limit = 2 * (test.points.first?.smoothedLoss ?? 1)
        var chart = LineChart(
            "Loss over the learning rate", summary: "The loss of training steps whose learning rate rises from \(from) to \(to), and the mean of 9 steps.",
            x: Axis("learning rate", kind: .logarithmic), y: Axis("loss"),
            series: [
                LineChart.Series("each step", points.filter { $0.y <= limit }, style: .faint, colour: 0),
                LineChart.Series("mean of 9 steps", means.filter { $0.y <= limit }, colour: 0),
            ])
        if let proposal = test.proposal { chart.uprights = ("proposal", [proposal]) }
        return chart.picture
    }
}
