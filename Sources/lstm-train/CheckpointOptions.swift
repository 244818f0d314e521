import ArgumentParser
import Inference
import Training

/// Options that select a checkpoint of a run.
struct CheckpointOptions: ParsableArguments {
    @Flag(help: "Take the run's checkpoint with the lowest validation loss. (default: the newest; with training.patience the best)")
    var best = false

    @Flag(help: "Take the newest checkpoint.")
    var newest = false

    func validate() throws {
        if best && newest { throw ValidationError("--best and --newest name different checkpoints; leave one out.") }
    }

    var choice: CheckpointChoice { best ? .best : newest ? .newest : .usual }
}
