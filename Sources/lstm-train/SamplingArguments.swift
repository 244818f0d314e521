import ArgumentParser
import Inference

/// The options that say how symbols are drawn.
struct SamplingArguments: ParsableArguments {
    @Option(parsing: .unconditional, help: "Below 1 the model keeps to what is likely, above 1 it dares; 0 takes the likeliest symbol each time.")
    var temperature = 1.0

    @Option(parsing: .unconditional, help: "Draw from this number of likeliest symbols only. (default: all)")
    var topK: Int?

    @Option(parsing: .unconditional, help: "Draw from the fewest likeliest symbols that together have this probability (nucleus sampling). (default: 1)")
    var topP: Double?

    @Option(
        parsing: .unconditional,
        help: "Draw from the fewest symbols of about the expected surprise that together have this probability (locally typical sampling). (default: 1)")
    var typical: Double?

    @Option(
        parsing: .unconditional,
        help: "Make symbols that the text has already less likely: positive scores are divided by this, negative ones multiplied. (default: 1)")
    var repetitionPenalty: Double?

    @Option(parsing: .unconditional, help: "Another seed, another text.")
    var seed: UInt64 = 1

    var options: SamplingOptions {
        SamplingOptions(temperature: temperature, topK: topK, topP: topP, typical: typical, repetitionPenalty: repetitionPenalty ?? 1)
    }

    func validate() throws {
        if let fault = options.fault { throw ValidationError(fault.sentence { $0.flag }) }
    }
}
