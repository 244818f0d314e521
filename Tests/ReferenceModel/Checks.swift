extension ReferenceModel.Input {
    /// Time steps of each sequence.
    var lengths: [Int] {
        switch self {
        case .tokens(let tokens): tokens.map(\.count)
        case .vectors(let vectors): vectors.map(\.count)
        }
    }
}

extension ReferenceModel.Target {
    /// Targets asked, by which the loss is divided: tokens, sequences, or sequences × outputs.
    var count: Int {
        switch self {
        case .tokenEveryStep(let tokens): tokens.reduce(0) { $0 + $1.count { $0 != -1 } }
        case .classAtEnd(let classes): classes.count
        case .vectorAtEnd(let vectors): vectors.reduce(0) { $0 + $1.count }
        }
    }

    /// Whether only the last time step is asked.
    var isAtEnd: Bool {
        if case .tokenEveryStep = self { false } else { true }
    }

    var sequenceCount: Int {
        switch self {
        case .tokenEveryStep(let tokens): tokens.count
        case .classAtEnd(let classes): classes.count
        case .vectorAtEnd(let vectors): vectors.count
        }
    }
}

extension ReferenceModel {
    func check(_ input: Input) throws(ReferenceError) {
        if let sequence = input.lengths.firstIndex(of: 0) { throw .sequenceEmpty(sequence: sequence) }
        switch (input, vocabulary) {
        case (.tokens(let tokens), let vocabulary?):
            for (sequence, row) in tokens.enumerated() {
                for (time, token) in row.enumerated() where !(0..<vocabulary).contains(token) {
                    throw .tokenOutOfRange(what: "input", token: token, sequence: sequence, time: time, bound: vocabulary)
                }
            }
        case (.vectors(let vectors), nil):
            for (sequence, rows) in vectors.enumerated() {
                for row in rows where row.count != inputWidth {
                    throw .vectorOfWrongWidth(what: "input", sequence: sequence, found: row.count, wanted: inputWidth)
                }
            }
        default:
            throw .inputOfWrongKind(modelReadsTokens: vocabulary != nil)
        }
    }

    /// What is asked of each row of outputs, `[sequence][row]`, nil where nothing is.
    func goals(of target: Target, lengths: [Int]) throws(ReferenceError) -> [[Goal?]] {
        guard target.sequenceCount == lengths.count else { throw .countsDiffer(what: "targets", found: target.sequenceCount, wanted: lengths.count) }
        var goals: [[Goal?]] = []
        for (sequence, length) in lengths.enumerated() {
            switch target {
            case .tokenEveryStep(let tokens):
                goals.append(try tokenGoals(tokens[sequence], length: length, sequence: sequence))
            case .classAtEnd(let classes):
                goals.append([try categoryGoal(classes[sequence], sequence: sequence, time: length - 1)])
            case .vectorAtEnd(let vectors):
                let values = vectors[sequence]
                guard values.count == outputs else {
                    throw .vectorOfWrongWidth(what: "target", sequence: sequence, found: values.count, wanted: outputs)
                }
                goals.append([.values(values)])
            }
        }
        return goals
    }

    private func tokenGoals(_ tokens: [Int], length: Int, sequence: Int) throws(ReferenceError) -> [Goal?] {
        guard tokens.count == length else {
            throw .countsDiffer(what: "target steps of sequence \(sequence)", found: tokens.count, wanted: length)
        }
        var goals: [Goal?] = []
        for (time, token) in tokens.enumerated() {
            goals.append(token == -1 ? nil : try categoryGoal(token, sequence: sequence, time: time))
        }
        return goals
    }

    private func categoryGoal(_ category: Int, sequence: Int, time: Int) throws(ReferenceError) -> Goal {
        guard (0..<outputs).contains(category) else {
            throw .tokenOutOfRange(what: "target", token: category, sequence: sequence, time: time, bound: outputs)
        }
        return .category(category)
    }

    func check(_ states: States, sequenceCount: Int) throws(ReferenceError) {
        let widths = [stack.map(\.hidden), stack.map { $0.cell.hasCellState ? $0.hidden : 0 }]
        for (what, values, widths) in [("h", states.h, widths[0]), ("c", states.c, widths[1])] {
            guard values.count == layers else { throw .countsDiffer(what: "layers of initial \(what)", found: values.count, wanted: layers) }
            for (layer, width) in zip(values, widths) {
                guard layer.count == sequenceCount else {
                    throw .countsDiffer(what: "sequences of initial \(what)", found: layer.count, wanted: sequenceCount)
                }
                for (sequence, units) in layer.enumerated() where units.count != width {
                    throw .vectorOfWrongWidth(what: "initial \(what)", sequence: sequence, found: units.count, wanted: width)
                }
            }
        }
    }
}
