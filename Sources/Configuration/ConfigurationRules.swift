import Datasets
import StrictJSON

// Rules beyond a key's own type and range: which keys apply to the kind of data, and which combinations of values are valid.
extension ConfigurationReader {
    /// Reports missing keys and invalid combinations.
    /// - Parameter document: start of the file's value.
    mutating func checkRules(_ document: JSONPosition, isStored: Bool = false) {
        checkFractions()
        checkClipping()
        checkMinimumRate()
        if !isStored { checkConditions() }
        guard isSound("data.kind") else { return }
        guard place(of: "data.kind") != nil else { return reportMissingKind(document) }
        checkKeys(with: configuration.data.kind, document)
        checkTextReading()
        if !isStored { checkMixture() }
        checkEmbedding()
        checkEmbeddingDropout()
        checkHead()
        checkNewSymbols()
        checkLabelSmoothing()
        checkClassWeights()
        checkNumberLoss()
        // Faulty settings describe no layers.
        if !hasFaults { checkLayers() }
    }

    private mutating func reportMissingKind(_ document: JSONPosition) {
        for key in ConfigurationKey.table where key.isRequired && key.kinds == Configuration.DataKind.allCases {
            report(place(of: key.section, orOf: document), "\(key.dottedName) is missing; it must be \(key.field.wanted()).")
        }
    }

    private mutating func checkKeys(with kind: Configuration.DataKind, _ document: JSONPosition) {
        for key in ConfigurationKey.table {
            let given = place(of: key.dottedName)
            if let given, !key.kinds.contains(kind) {
                let others = alternatives(key.kinds.map { "\"\($0.rawValue)\"" }, "and")
                report(given, "\(key.dottedName) doesn't go with data.kind \"\(kind.rawValue)\", only with \(others). Remove it.")
            } else if given == nil, key.isRequired, isSound(key.dottedName), key.kinds.contains(kind) {
                let message = "\(key.dottedName) is missing; data.kind \"\(kind.rawValue)\" needs it: \(key.field.wanted())."
                report(place(of: key.section, orOf: document), message)
            } else if let given, isSound(key.dottedName), !key.field.isInRange(configuration, with: kind) {
                let value = key.value(in: configuration)
                report(given, "\(key.dottedName) is \(value.shown); it must be \(key.field.wanted(with: kind)).")
            }
        }
    }

    /// Reports keys whose value would have no effect. A default may stand: resolved files of earlier versions have all keys.
    private mutating func checkConditions() {
        for key in ConfigurationKey.table where isSound(key.dottedName) && key.value(in: configuration) != key.standard {
            guard let given = place(of: key.dottedName), let condition = key.conditions.first(where: { isSound($0.key) && !$0.isMet(by: configuration) }),
                let other = ConfigurationKey.table.first(where: { $0.dottedName == condition.key })
            else { continue }
            let (value, otherValue) = (key.value(in: configuration), other.value(in: configuration))
            let standard = key.standard.map { " or set it to \($0.shown)" } ?? ""
            report(
                given,
                "\(key.dottedName) is \(value.shown), but \(other.dottedName) is \(otherValue.shown); it goes with \(condition.words) only. "
                    + "Remove it\(standard).")
        }
    }

    private mutating func checkFractions() {
        let names = ["data.validationFraction", "data.testFraction"]
        let (validation, test) = (configuration.data.validationFraction, configuration.data.testFraction)
        guard validation + test >= 1, names.allSatisfy(isSound), let given = place(of: names[1]) ?? place(of: names[0]) else { return }
        report(
            given, "\(names[0]) is \(validation) and \(names[1]) \(test); together they must be below 1, so that something is left to train on.")
    }

    /// Rejects limits that are too small: Adam stores squares of the clipped gradient in float32, with denormals flushed to 0. And two limits at once.
    private mutating func checkClipping() {
        let training = configuration.training
        for (key, limit) in [("training.clipNorm", training.clipNorm), ("training.clipValue", training.clipValue)] {
            guard limit > 0, Float(limit * limit) < Float.leastNormalMagnitude, let given = place(of: key) else { continue }
            report(
                given, "\(key) is \(limit); squares of gradients so small are 0 in float32, so that nothing would be trained. 1 to 5 is usual, "
                    + "0 for no clipping.")
        }
        guard training.clipNorm > 0, training.clipValue > 0, let given = place(of: "training.clipValue") else { return }
        report(
            given, "training.clipValue is \(training.clipValue) and training.clipNorm \(training.clipNorm); one of them clips, so the other must be 0.")
    }

    private mutating func checkMinimumRate() {
        let optimizer = configuration.optimizer
        guard optimizer.minimumRate > optimizer.learningRate, isSound("optimizer.learningRate"), let given = place(of: "optimizer.minimumRate") else { return }
        report(
            given, "optimizer.minimumRate is \(optimizer.minimumRate) and optimizer.learningRate \(optimizer.learningRate); the rate falls to the minimum, "
                + "so it must be at most the learning rate.")
    }

    /// Reports how a text is to be read, for sequences that are numbers.
    private mutating func checkTextReading() {
        guard configuration.data.kind == .sequences, configuration.data.text.isEmpty, isSound("data.text") else { return }
        for key in ConfigurationKey.table where key.section == .data && Configuration.textReadingKeys.contains(key.name) {
            let value = key.value(in: configuration)
            guard value != key.standard, isSound(key.dottedName), let given = place(of: key.dottedName) else { continue }
            report(
                given, "\(key.dottedName) is \(value.shown), but data.text is empty, so that the sequences are numbers. Set data.text to the column or field with the "
                    + "text, or remove this key.")
        }
    }

    private mutating func checkEmbedding() {
        let (kind, embedding) = (configuration.data.kind, configuration.model.embedding)
        guard embedding > 0, !configuration.data.hasTokens, let given = place(of: "model.embedding") else { return }
        let way = kind == .sequences ? "set data.text if they are texts, or this to 0" : "it must be 0 there"
        report(given, "model.embedding is \(embedding), but data.kind \"\(kind.rawValue)\" has numbers, not tokens; \(way).")
    }

    private mutating func checkEmbeddingDropout() {
        let model = configuration.model
        guard model.embeddingDropout > 0, model.embedding == 0, isSound("model.embedding"), let given = place(of: "model.embeddingDropout") else { return }
        report(
            given, "model.embeddingDropout is \(model.embeddingDropout), but there is no embedding: model.embedding is 0. Set that to a width, or remove this key.")
    }

    private mutating func checkLabelSmoothing() {
        let (data, smoothing) = (configuration.data, configuration.training.labelSmoothing)
        guard smoothing > 0, let given = place(of: "training.labelSmoothing") else { return }
        if configuration.model.head == .crf {
            return report(given, "training.labelSmoothing is \(smoothing), but model.head \"crf\" has no smoothed labels; it must be 0 there.")
        }
        if data.predictsTranscripts {
            return report(given, "training.labelSmoothing is \(smoothing), but data.target \"transcript\" has no target at each time step; it must be 0 there.")
        }
        if data.predictsSets {
            return report(
                given, "training.labelSmoothing is \(smoothing), but data.target \"\(data.target.rawValue)\" has labels that are on or off, not classes; "
                    + "it must be 0 there.")
        }
        guard data.predictsNumbers || data.sequenceTarget == .nextNumbers else { return }
        report(given, "training.labelSmoothing is \(smoothing), but \(data.targetReason) predicts numbers, not classes; it must be 0 there.")
    }

    private mutating func checkClassWeights() {
        let (data, training, head) = (configuration.data, configuration.training, configuration.model.head)
        guard training.classWeights != .none, let given = place(of: "training.classWeights") else { return }
        let (kind, shown) = (configuration.data.kind, training.classWeights.json.shown)
        guard kind == .sequences else {
            return report(given, "training.classWeights is \(shown), but data.kind \"\(kind.rawValue)\" has no named classes; it must be \"none\" there.")
        }
        guard [.class, .classes].contains(data.target) else {
            return report(given, "training.classWeights is \(shown), but data.target \"\(data.target.rawValue)\" has no classes; it must be \"none\" there.")
        }
        guard head != .crf else {
            return report(given, "training.classWeights is \(shown), but model.head \"crf\" scores whole sequences; it must be \"none\" there.")
        }
        guard training.labelSmoothing > 0 else { return }
        report(
            given, "training.classWeights is \(shown), but training.labelSmoothing is \(training.labelSmoothing); "
                + "a loss has one of them. Remove the other.")
    }

    private mutating func checkNumberLoss() {
        let (data, loss) = (configuration.data, configuration.training.loss)
        let (kind, target) = (data.kind, data.target)
        if loss != .squared, kind == .sequences, !target.isOfNumbers, let given = place(of: "training.loss") {
            return report(
                given, "training.loss is \"\(loss.rawValue)\", but data.target \"\(target.rawValue)\" has no numbers to predict; the loss is "
                    + "\(data.predictsTranscripts ? "CTC's" : data.sequenceTarget == .nextNumbers ? "a mixture's" : "the cross-entropy") there. Remove this key.")
        }
        guard Configuration.NumberLossKind.withInterval.contains(loss), kind != .series, Configuration.DataKind.withNumbers.contains(kind),
            let given = place(of: "training.loss")
        else { return }
        report(
            given, "training.loss is \"\(loss.rawValue)\", but data.kind \"\(kind.rawValue)\" has a single number for each target; it goes with \"series\" only.")
    }

    private mutating func checkNewSymbols() {
        let kind = configuration.data.kind
        guard configuration.model.newSymbols != .refuse, !Configuration.DataKind.fromTexts.contains(kind), let given = place(of: "model.newSymbols")
        else { return }
        report(given, "model.newSymbols is \"initialize\", but data.kind \"\(kind.rawValue)\" reads no text; it must be \"refuse\" there.")
    }

    /// Settings of mixtures go with the prediction of the next numbers.
    private mutating func checkMixture() {
        let (model, standard, target) = (configuration.model, Configuration.ModelSettings(), configuration.data.target)
        guard configuration.data.kind == .sequences, target != .next else { return }
        let changed = [
            ("mixture", model.mixture != standard.mixture), ("mixtureFamily", model.mixtureFamily != standard.mixtureFamily),
            ("leastDeviation", model.leastDeviation != standard.leastDeviation),
        ]
        for (name, isChanged) in changed {
            guard isChanged, let given = place(of: "model.\(name)") else { continue }
            report(given, "model.\(name) is set, but data.target is \"\(target.rawValue)\"; it goes with \"next\". Remove it.")
        }
    }

    private mutating func checkHead() {
        let (data, head) = (configuration.data, configuration.model.head)
        let segmentLength = configuration.training.segmentLength
        if head == .crf, segmentLength > 0, let given = place(of: "training.segmentLength") {
            report(given, "training.segmentLength is \(segmentLength), but model.head \"crf\" needs whole sequences; it must be 0.")
        }
        if data.predictsTranscripts, segmentLength > 0, let given = place(of: "training.segmentLength") {
            report(given, "training.segmentLength is \(segmentLength), but data.target \"transcript\" needs whole sequences; it must be 0.")
        }
        guard head != .auto, !data.possibleHeads.contains(head), let given = place(of: "model.head") else { return }
        guard head != .crf else {
            report(
                given, "model.head is \"crf\", which scores the classes of a sequence's time steps together; it goes with data.kind \"sequences\" and data.target "
                    + "\"classes\" only. Set it to \"auto\".")
            return
        }
        let asked = data.usualHead == .last ? "the last time step only" : "every time step"
        report(given, "model.head is \"\(head.rawValue)\", but \(data.headReason) asks at \(asked); it must be \"auto\" or \"\(data.usualHead.rawValue)\".")
    }
}

extension ConfigurationField {
    /// Whether the value in `configuration`, which is in the field's range, is also in the narrower one of `kind`.
    func isInRange(_ configuration: Configuration, with kind: Configuration.DataKind) -> Bool {
        guard case .integer(let path, _, let narrowed) = self, let range = narrowed[kind] else { return true }
        return range.contains(configuration[keyPath: path])
    }
}
