import Datasets
import Layers

extension ConfigurationKey {
    /// All keys in the order of the file: the single definition of a configuration's contents. Only the defaults are elsewhere,
    /// where ``Configuration`` declares its values.
    public static let table: [ConfigurationKey] = data + model + training + optimizer + parallelism + checkpoint + integrity + log

    static let million = 1_000_000
    static let billion = 1_000_000_000

    private static let nonmonotonicAveraging = ConfigurationCondition("training.averaging", \.training.averaging, is: .ntAsgd)

    private static let training: [ConfigurationKey] = [
        .integer(.training, "batch", \.training.batch, 1...million, .result, "Sequences of a step over all ranks together."),
        .integer(.training, "steps", \.training.steps, 0...million * billion, .execution, "Steps to train; 0: as many as training.epochs has."),
        .integer(.training, "epochs", \.training.epochs, 1...billion, .execution, "Passes over the training part; of no effect if training.steps is above 0."),
        .integer(.training, "seed", \.training.seed, 0...Int.max, .result, "Seed of all random numbers."),
        .real(.training, "clipNorm", \.training.clipNorm, .atLeast(0), .result, "Greatest norm of the whole gradient; longer ones are scaled down to it. 0: none."),
        .choice(
            .training, "clipScope", \.training.clipScope, .result,
            "What training.clipNorm is the greatest norm of: the whole model's gradient, each layer's, or each parameter tensor's (Keras's clipnorm).")
            .when(ConfigurationCondition("training.clipNorm", \.training.clipNorm, isAbove: 0)),
        .real(
            .training, "clipValue", \.training.clipValue, .atLeast(0).atMost(1e38), .result,
            "Greatest size of each element of the gradient; larger ones are set to it. Not with training.clipNorm. 0: none."),
        .real(
            .training, "labelSmoothing", \.training.labelSmoothing, .atLeast(0).below(1), .result,
            "Share of each target symbol or class that training divides among all of them, as in torch's CrossEntropyLoss. Evaluation has none. 0: none."),
        .classWeights(
            .training, "classWeights", \.training.classWeights, .result,
            "Weight of each class of sequences in the training loss, as in torch's CrossEntropyLoss: \"balanced\" by the classes' shares in the training part, "
                + "or given, 1 for classes that aren't named. Not with training.labelSmoothing. Evaluation has none."),
        .choice(
            .training, "loss", \.training.loss, for: Kind.withNumbers, .result,
            "Loss of a model that predicts numbers: the mean squared, absolute or Huber error, as torch's MSELoss, L1Loss and HuberLoss. "
                + "Of a series also \"quantile\": the median of each number and an interval around it; and the likelihood of a distribution: \"gaussian\", "
                + "\"studentT\", \"negativeBinomial\"."),
        .real(
            .training, "huberDelta", \.training.huberDelta, .atLeast(1e-6).atMost(1e6), for: Kind.withNumbers, .result,
            "Absolute error up to which the Huber loss is half of the square; beyond it is a straight line. Of a series in deviations.")
            .when(ConfigurationCondition("training.loss", \.training.loss, is: .huber)),
        .real(
            .training, "interval", \.training.interval, .atLeast(0.01).atMost(0.999), for: Kind.withNumbers, .result,
            "Probability of the interval: 0.8 goes from the 10 % quantile to the 90 % quantile.")
            .when(ConfigurationCondition("training.loss", \.training.loss, is: Configuration.NumberLossKind.withInterval)),
        .integer(
            .training, "validateEverySteps", \.training.validateEverySteps, 0...million * billion, .execution,
            "Steps from one validation to the next; 0: at each epoch's end.")
            .decidesWeights(where: .plateauSchedule, nonmonotonicAveraging),
        .integer(
            .training, "patience", \.training.patience, 0...million, .execution,
            "Early stopping: training ends after so many validations in a row without improvement. The run directory then stands for its best checkpoint. 0: never."),
        .real(
            .training, "minimumImprovement", \.training.minimumImprovement, .atLeast(0), .execution,
            "How much lower than the lowest validation loss before another one must be to count as an improvement.")
            .when(ConfigurationCondition("training.patience", \.training.patience, isAtLeast: 1)),
        .choice(
            .training, "averaging", \.training.averaging, .result,
            "Average of the weights over steps, which is validated, saved and used in their place: none, exponential moving (\"ema\"), or the mean since "
                + "validation stopped improving (\"ntAsgd\", Merity et al. 2018)."),
        .real(
            .training, "averageDecay", \.training.averageDecay, .atLeast(0).atMost(0.9999999), .result,
            "Share of the moving average that a step keeps.")
            .when(ConfigurationCondition("training.averaging", \.training.averaging, is: .ema)),
        .integer(
            .training, "averagePatience", \.training.averagePatience, 1...1_000, .result,
            "The mean begins after a validation whose loss is above the lowest of all but so many before it.")
            .when(nonmonotonicAveraging),
        .integer(
            .training, "segmentLength", \.training.segmentLength, 0...million, .execution,
            "Time steps whose activations are kept at once; earlier ones are computed a second time on the way back. For sequences too long for the memory. 0: all."),
        .integer(
            .training, "accumulate", \.training.accumulate, 1...65_536, .execution,
            "Groups of shards that each rank works off one after the other, so that activations of one group alone are in memory. The same bits as 1, all at once."),
        .choice(
            .training, "precision", \.training.precision, .onward,
            "Precision of the inputs of matrix products. Whether bfloat16 is faster depends on the processor, and is measured and reported at the start; weights, sums and optimizer stay float32."),
    ]

    private static let parallelism: [ConfigurationKey] = [
        .integer(.parallelism, "threads", \.parallelism.threads, 0...1_024, .execution, "Threads of each rank; 0: as many as the cores it may use."),
        .integer(
            .parallelism, "shards", \.parallelism.shards, 1...65_536, .result,
            "Fixed parts of a batch, whose gradients are summed in a fixed tree. The number of ranks must divide it."),
        .choice(.parallelism, "gates", \.parallelism.gates, .execution, "What a thread's task is inside the recurrence: units with all four gates, or a gate."),
        .choice(
            .parallelism, "reduction", \.parallelism.reduction, .result,
            "The gradient's sum over ranks: the fixed tree, the same bits on any number of ranks, or MPI's own order."),
    ]

    private static let checkpoint: [ConfigurationKey] = [
        .integer(
            .checkpoint, "everySteps", \.checkpoint.everySteps, 0...million * billion, .execution,
            "Steps from one checkpoint to the next; 0: only by time and at the end."),
        .real(.checkpoint, "everyMinutes", \.checkpoint.everyMinutes, .atLeast(0), .execution, "Minutes from one checkpoint to the next; 0: never by time."),
        .integer(.checkpoint, "keep", \.checkpoint.keep, 1...million, .execution, "Checkpoints that are kept, the newest ones."),
        .bool(.checkpoint, "best", \.checkpoint.best, .execution, "Whether the best by validation is kept too."),
        .choice(
            .checkpoint, "onError", \.checkpoint.onError, .execution,
            "What to do if a checkpoint can't be written: stop with 74, or report it and continue. The last one must succeed."),
    ]

    private static let integrity: [ConfigurationKey] = [
        .integer(
            .integrity, "everySteps", \.integrity.everySteps, 0...million * billion, .execution,
            "Steps from one comparison of all ranks' weights to the next; 0: only before a save."),
        .real(
            .integrity, "hangSeconds", \.integrity.hangSeconds, .atLeast(0), .execution,
            "Seconds without progress after which a rank counts as hung, is named, and the run ends with 70; setting up and saving may take ten times as long. 0: never."),
        .choice(
            .integrity, "nonFinite", \.integrity.nonFinite, .onward,
            "What to do at a step whose loss, gradient or update is infinite or NaN: stop with 65, or skip the step. It never changes the weights."),
        .integer(.integrity, "skipLimit", \.integrity.skipLimit, 1...million, .execution, "Maximum number of skipped steps; at one more the run stops."),
    ]

    private static let log: [ConfigurationKey] = [
        .integer(.log, "everySteps", \.log.everySteps, 0...million * billion, .execution, "Steps from one line to the next; 0: by time."),
        .real(.log, "everySeconds", \.log.everySeconds, .atLeast(0), .execution, "Seconds from one line of the metrics to the next."),
        .integer(
            .log, "sampleLength", \.log.sampleLength, 0...million, .execution,
            "Symbols of the text that a model generates at a validation, in long runs once a minute; 0: none."),
        .bool(.log, "tensorBoard", \.log.tensorBoard, .execution, "Whether the run directory has TensorBoard's event file: metrics, histograms, samples."),
        .bool(
            .log, "prometheus", \.log.prometheus, .execution,
            "Whether the run directory has metrics.prom, the newest figures as Prometheus's text format, for node_exporter's textfile collector."),
        .choice(.log, "live", \.log.live, .execution, "The live view at the bottom of a terminal: where mpirun's output is one too, wherever the output is called one, or never."),
    ]
}
