import NumberText

// Messages about a step that isn't finite: skipped, or as the end of the run.
extension SkippedStep {
    /// Whether the gradient is finite but the updated weights would not be.
    private var isOfUpdate: Bool { gradientNorm.isFinite }

    /// The message if training continues.
    public var notice: String {
        let cause =
            isOfUpdate
            ? "it would make weights infinite or NaN (learning rate \(numberText(learningRate)), gradient norm \(printed(gradientNorm, "%.3g")))"
            : "its gradient's norm is \(numberText(gradientNorm))" + whose(limit: 10)
        return "step \(step) is left out: \(cause) (\(skippedCount) so far)."
    }

    /// The message if training ends.
    var refusal: String {
        let verb = skippedCount == 2 ? "was" : "were"
        let before = skippedCount > 1 ? " \(counted(skippedCount - 1, "step")) \(verb) left out before (integrity.skipLimit)." : ""
        if isOfUpdate {
            return "step \(step) would make weights infinite or NaN (learning rate \(numberText(learningRate)), gradient norm "
                + "\(printed(gradientNorm, "%.3g"))), and isn't taken. Lower optimizer.learningRate." + before
        }
        let cause =
            largestWeight != nil
            ? " Not finite is that of all \(sequences.count) sequences of the batch" + weights + "."
            : sequences.isEmpty
                ? " Each sequence's own loss and gradient are finite."
                : " Not finite is that of the training part's \(sequences.count == 1 ? "sequence" : "sequences") \(list(limit: 10))."
        return "the gradient's norm is \(numberText(gradientNorm)) at step \(step) (learning rate \(numberText(learningRate))). "
            + "Lower optimizer.learningRate or set training.clipNorm." + cause + before
    }

    private func whose(limit: Int) -> String {
        if largestWeight != nil { return " for all \(sequences.count) sequences" + weights }
        return sequences.isEmpty ? "" : ", sequences \(list(limit: limit))"
    }

    /// Names the weights as the cause if no sequence has a finite gradient and a weight is 10⁶ or more: an earlier step made them too large.
    private var weights: String {
        guard let largestWeight, !(largestWeight < 1e6) else { return "" }
        return ", since the weights are too large (up to \(printed(largestWeight, "%.2g")), learning rate \(numberText(learningRate)))"
    }

    private func list(limit: Int) -> String {
        sequences.prefix(limit).map(String.init).joined(separator: ", ") + (sequences.count > limit ? " and \(sequences.count - limit) more" : "")
    }
}
