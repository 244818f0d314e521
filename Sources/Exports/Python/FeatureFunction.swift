import Datasets

/// `features` of `model.py`: the model's inputs of a sequence that is standardised by itself, or whose deltas are read too (``SequenceFeatures``).
struct FeatureFunction {
    private let classes: ClassUse
    private let isTorch: Bool
    /// Of a time step's numbers: those that are scaled, and the marks behind them.
    private let numberCount: Int
    private let markCount: Int

    init(_ classes: ClassUse, isTorch: Bool) {
        (self.classes, self.isTorch) = (classes, isTorch)
        markCount = classes.scale.count { $0.name.hasSuffix(" missing") && $0.mean == 0 && $0.deviation == 1 }
        numberCount = (classes.scale.count - markCount) / (1 + classes.deltaOrder)
    }

    static func isNeeded(_ classes: ClassUse) -> Bool {
        !classes.scale.isEmpty && (classes.standardization == .sequence || classes.deltaOrder > 0)
    }

    /// Numbers of a time step that the function takes.
    var argumentWidth: Int { numberCount + markCount }

    /// The constants and functions.
    var text: String {
        let (module, array) = isTorch ? ("torch", "Tensor") : ("np", "np.ndarray")
        let join = isTorch ? "torch.cat" : "np.concatenate"
        let deltas = classes.deltaOrder == 0 ? "" : """


            def deltas(x: \(array)) -> \(array):
                \"\"\"Differences of x [time, width] over two steps on either side, as torchaudio's compute_deltas.\"\"\"
                last = len(x) - 1
                x = x[[0, 0] + list(range(len(x))) + [last, last]]
                return (x[3:-1] - x[1:-3] + 2 * (x[4:] - x[:-4])) / 10

            """
        var lines = ["    numbers = \(scaledCall("sequence[:, :\(numberCount)]", order: 0))"]
        if classes.deltaOrder > 0 { lines.append("    first = deltas(numbers)") }
        if classes.deltaOrder > 1 { lines.append("    second = deltas(first)") }
        let parts = ["numbers"] + ["first", "second"].prefix(classes.deltaOrder).enumerated().map { scaledCall($1, order: $0 + 1) }
        lines.append("    return \(join)([\((parts + (markCount > 0 ? ["sequence[:, \(numberCount):]"] : [])).joined(separator: ", "))], 1)")
        return """
            \(constants(module))\(scaled(array))
            \(deltas)

            def features(sequence: \(array)) -> \(array):
                \"\"\"The model's inputs: \(words).\"\"\"
                if sequence.ndim != 2 or sequence.shape[1] != \(argumentWidth) or len(sequence) == 0:
                    raise ValueError(f"sequence is {list(sequence.shape)}, not [time, \(argumentWidth)]")
            \(lines.joined(separator: "\n"))

            """
    }

    private var words: String {
        let scale = classes.standardization == .sequence ? "standardised by the sequence's own mean and deviation" : "standardised as in training"
        return "numbers \(classes.deltaOrder == 0 ? "" : classes.deltaOrder == 1 ? "and their deltas " : "and their deltas of two orders ")" + scale
    }

    private var isOwn: Bool { classes.standardization == .sequence }

    /// A call of `scaled` for numbers (0), deltas (1) and so on.
    private func scaledCall(_ numbers: String, order: Int) -> String { isOwn ? "scaled(\(numbers))" : "scaled(\(numbers), \(order * numberCount))" }

    private func constants(_ module: String) -> String {
        guard !isOwn else { return "" }
        let columns = classes.scale.dropLast(markCount)
        let (make, type) = isTorch ? ("torch.tensor", ", dtype=torch.float64") : ("np.array", "")
        return "MEAN = \(make)(\(columns.map(\.mean))\(type))\nDEVIATION = \(make)(\(columns.map(\.deviation))\(type))\n\n\n"
    }

    private func scaled(_ array: String) -> String {
        guard isOwn else {
            return """
                def scaled(x: \(array), first: int) -> \(array):
                    \"\"\"x [time, width] in the deviations from the means that begin at `first`.\"\"\"
                    return (x - MEAN[first : first + x.shape[1]]) / DEVIATION[first : first + x.shape[1]]
                """
        }
        return """
            def scaled(x: \(array)) -> \(array):
                \"\"\"x [time, width] in its own deviations from its mean; a number that never changes is 0.\"\"\"
                mean, deviation = x.mean(0), x.std(0\(isTorch ? ", unbiased=False" : ""))
                deviation[deviation <= 4e-15 * abs(mean)] = 1
                return (x - mean) / deviation
            """
    }
}
