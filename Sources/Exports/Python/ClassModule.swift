import Datasets

// Function of `model.py` that classifies a sequence, as it stands in the data.
extension PythonModule {
    /// `classify`, with NumPy or with torch; empty if the classes' names aren't known.
    func classUse(_ classes: ClassUse, isTorch: Bool) -> String {
        guard !classes.names.isEmpty else { return "" }
        if let unit = classes.transcript { return transcriptUse(classes, unit, isTorch: isTorch) }
        let call = format == .keras ? "run(model, " : "model("
        let decorator = isTorch ? "@torch.no_grad()\n" : ""
        let isEveryStep = model.hasOutputEveryStep
        let (name, result) = isEveryStep ? ("label", "list[dict[str, float]]") : ("classify", "dict[str, float]")
        return """
            CLASSES = \(literal(classes.names))
            \(constants(classes, isTorch: isTorch))

            \(decorator)def \(name)(model: \(modelType), sequence: \(argumentType(classes, isTorch: isTorch))) -> \(result):
                \"\"\"The probability of each class of \(isEveryStep ? "each time step of " : "")`sequence`: \(argumentWords(classes)).\(loadedHow)\"\"\"
            \(inputs(classes, isTorch: isTorch))
                scores, _ = \(call)inputs)
            \(probabilities(isTorch: isTorch))
                return \(isEveryStep ? "[dict(zip(CLASSES, step)) for step in weights.tolist()]" : "dict(zip(CLASSES, weights.tolist()))")
            """
    }

    /// `transcribe`, which takes the likeliest symbol of each time step.
    private func transcriptUse(_ classes: ClassUse, _ unit: TranscriptUnit, isTorch: Bool) -> String {
        """
        SYMBOLS = \(literal(classes.names))  # of outputs 1, 2, …; output 0 is the blank
        \(constants(classes, isTorch: isTorch))

        \(isTorch ? "@torch.no_grad()\n" : "")def transcribe(model: \(modelType), sequence: \(argumentType(classes, isTorch: isTorch))) -> str:
            \"\"\"What `sequence` says, by the likeliest symbol of each time step: \(argumentWords(classes)).\(loadedHow)\"\"\"
        \(inputs(classes, isTorch: isTorch))
            scores, _ = \(format == .keras ? "run(model, " : "model(")inputs)
            path = \(isTorch ? "scores" : "np.asarray(scores)")[0].argmax(-1).tolist()
            return "\(unit == .word ? " " : "")".join(SYMBOLS[output - 1] for before, output in zip([0] + path, path) if output not in (0, before))
        """
    }

    private func constants(_ classes: ClassUse, isTorch: Bool) -> String {
        if let vocabulary = classes.vocabulary {
            if vocabulary.unit == .bpe {
                return bytePairCodec(vocabulary, classes.reading, stored: Self.stored(SequenceMeaning.storedName) + "[\"vocabulary\"]") + "\n"
            }
            let isBytes = vocabulary.unit == .byte
            let symbols = vocabulary.unit == .word ? vocabulary.words : isBytes ? [] : (0..<Int32(vocabulary.count)).map { vocabulary.decode([$0]) }
            if isBytes { return "TOKENS = {byte: token for token, byte in enumerate(\(vocabulary.values))}\n" }
            return "TOKENS = {symbol: token for token, symbol in enumerate(\(literal(symbols)))}\n"
        }
        guard !classes.scale.isEmpty else { return "" }
        guard !FeatureFunction.isNeeded(classes) else { return FeatureFunction(classes, isTorch: isTorch).text + "\n" }
        let (module, type) = isTorch ? ("torch.tensor", ", dtype=torch.float64") : ("np.array", "")
        return "MEAN = \(module)(\(classes.scale.map(\.mean))\(type))\nDEVIATION = \(module)(\(classes.scale.map(\.deviation))\(type))\n"
    }

    private func argumentType(_ classes: ClassUse, isTorch: Bool) -> String { classes.vocabulary != nil ? "str" : isTorch ? "Tensor" : "np.ndarray" }

    private func argumentWords(_ classes: ClassUse) -> String {
        guard classes.vocabulary == nil else { return "a text" }
        let marks = classes.scale.count { $0.name.hasSuffix(" missing") && $0.mean == 0 && $0.deviation == 1 }
        let marked = "; the last \(marks) are 1 where a number is missing, in whose place stands the last known one, or before the first \(classes.standardization == .training ? "the mean (MEAN)" : "the sequence's mean")"
        guard !FeatureFunction.isNeeded(classes) else {
            let function = FeatureFunction(classes, isTorch: false)
            return "numbers [time, \(function.argumentWidth)] in the data's own units" + (marks > 0 ? marked : "")
        }
        return "numbers [time, \(inputWidth)]" + (classes.scale.isEmpty ? "" : " in the data's own units") + (marks > 0 ? marked : "")
    }

    private func inputs(_ classes: ClassUse, isTorch: Bool) -> String {
        guard classes.vocabulary?.unit != .bpe else { return "    inputs = \(isTorch ? "torch.tensor" : "np.array")([encode(sequence)])" }
        guard classes.vocabulary == nil else {
            return """
                    symbols = \(symbols(classes))
                    unknown = sorted({symbol for symbol in symbols if symbol not in TOKENS})
                    if unknown or not symbols:
                        raise ValueError(f"the model doesn't know {unknown}" if unknown else "the text is empty")
                    inputs = \(isTorch ? "torch.tensor" : "np.array")([[TOKENS[symbol] for symbol in symbols]])
                """
        }
        guard !FeatureFunction.isNeeded(classes) else {
            return "    inputs = features(sequence\(isTorch ? ".double()" : "")).\(isTorch ? "float()" : "astype(np.float32)")[None]"
        }
        let shape = """
                if sequence.ndim != 2 or sequence.shape[1] != \(inputWidth):
                    raise ValueError(f"sequence is {list(sequence.shape)}, not [time, \(inputWidth)]")

            """
        let values = isTorch ? "sequence.double()" : "sequence"
        let scaled = classes.scale.isEmpty ? values : "((\(values) - MEAN) / DEVIATION)"
        return shape + "    inputs = \(scaled)\(isTorch ? ".float()" : ".astype(np.float32)")[None]"
    }

    /// The symbols of a text as an expression: as they were read in training.
    private func symbols(_ classes: ClassUse) -> String {
        let (unit, reading) = (classes.vocabulary?.unit ?? .character, classes.reading)
        guard unit == .word else { return reading.preparedText("sequence", unit: unit) }
        let lineEnd = reading.joinLines ? " " : " \(Vocabulary.lineEnd) "
        let text = "\(TextReading(lowercase: reading.lowercase).preparedText("sequence", unit: .character)).replace(\"\\n\", \"\(lineEnd)\")"
        return "[word if word in TOKENS else \"\(Vocabulary.unknown)\" for word in re.split(\"[ \\t\\x0b\\x0c\\r]+\", \(text)) if word]"
    }

    private func probabilities(isTorch: Bool) -> String {
        isTorch
            ? "    weights = torch.softmax(scores[0].double(), -1)"
            : """
                    scores = np.asarray(scores)[0].astype(np.float64)
                    weights = np.exp(scores - scores.max(-1, keepdims=True))
                    weights = weights / weights.sum(-1, keepdims=True)
                """
    }
}
