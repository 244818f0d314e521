import ArgumentParser
import Inference
import Training

/// Which checkpoint of a run a verb takes.
struct CheckpointOptions: ParsableArguments {
    @Flag(help: "Take the run's checkpoint with the lowest validation loss. (default: the newest)")
    var best = false

    var choice: CheckpointChoice { best ? .best : .newest }
}
