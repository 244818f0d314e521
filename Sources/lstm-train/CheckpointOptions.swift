import ArgumentParser
import Inference
import Training

/// Options that select a checkpoint of a run.
struct CheckpointOptions: ParsableArguments {
    @Flag(help: "Take the run's checkpoint with the lowest validation loss. (default: the newest)")
    var best = false

    var choice: CheckpointChoice { best ? .best : .newest }
}
