extension ReferenceModel {
    /// Loss, outputs, final states, and the gradient of every parameter by full back-propagation through time.
    ///
    /// States start from `initialStates`, or from zero; no gradient goes into them.
    /// - Throws: ``ReferenceError`` if parameters, input, target or states don't fit the model or each other, or no target is asked.
    public func evaluate(_ input: Input, _ target: Target, from initialStates: States? = nil) throws(ReferenceError) -> Evaluation {
        var weights = try Weights(of: self)
        // A regression's head isn't rounded.
        if case .vectorAtEnd = target { weights.headWeight.rounding = .none }
        try check(input)
        let lengths = input.lengths
        let goals = try goals(of: target, lengths: lengths)
        let targetCount = target.count
        guard targetCount > 0 else { throw .nothingAsked }
        let initial = initialStates ?? zeroStates(sequenceCount: lengths.count)
        try check(initial, sequenceCount: lengths.count)

        var evaluation = Evaluation(
            loss: 0, lossPerSequence: [], targetCount: targetCount, outputs: [], lastLayerHidden: [], gradients: [:],
            finalStates: zeroStates(sequenceCount: lengths.count))
        var gradient = Weights(zerosFor: self)
        gradient.headWeight.rounding = weights.headWeight.rounding
        for sequence in lengths.indices {
            let trace = weights.forward(rows(of: input, sequence, weights.embedding), from: initial, sequence)
            let outputs = weights.headOutputs(trace, atEndOnly: target.isAtEnd)
            let losses = zip(outputs, goals[sequence]).map { row, goal in
                goal.map { RowLoss(row, $0, rounding, labelSmoothing: labelSmoothing, numberLoss: numberLoss) }
            }
            let derivatives = losses.map { $0?.derivative(dividedBy: targetCount) }
            let inputDerivatives = weights.backward(trace, outputDerivatives: derivatives, addingTo: &gradient)
            if case .tokens(let tokens) = input {
                for (token, derivative) in zip(tokens[sequence], inputDerivatives) { gradient.embedding?.addToRow(token, derivative) }
            }
            evaluation.record(trace, outputs, losses, sequence)
        }
        evaluation.loss = evaluation.lossPerSequence.reduce(0, +) / Double(targetCount)
        evaluation.gradients = gradient.byName
        return evaluation
    }

    /// States of nothing read yet.
    public func zeroStates(sequenceCount: Int) -> States {
        func all(_ count: (Cell, Int) -> Int) -> [[[Double]]] {
            stack.map { Array(repeating: [Double](repeating: 0, count: count($0.cell, $0.hidden)), count: sequenceCount) }
        }
        return States(h: all { $1 }, c: all { $0.hasCellState ? $1 : 0 })
    }

    /// What the first layer reads of a sequence, `[time][input]`.
    func rows(of input: Input, _ sequence: Int, _ embedding: Matrix?) -> [[Double]] {
        switch input {
        case .vectors(let vectors):
            return vectors[sequence]
        case .tokens(let tokens):
            return tokens[sequence].map { token in
                if let embedding { return embedding.row(token) }
                var oneHot = [Double](repeating: 0, count: inputWidth)
                oneHot[token] = 1
                return oneHot
            }
        }
    }
}

extension ReferenceModel.Evaluation {
    fileprivate mutating func record(_ trace: [[LayerStep]], _ rows: [[Double]], _ losses: [RowLoss?], _ sequence: Int) {
        lossPerSequence.append(losses.reduce(0) { $0 + ($1?.value ?? 0) })
        outputs.append(rows)
        lastLayerHidden.append(trace[trace.count - 1].map(\.hidden))
        for (layer, steps) in trace.enumerated() {
            finalStates.h[layer][sequence] = steps[steps.count - 1].hidden
            finalStates.c[layer][sequence] = steps[steps.count - 1].cell
        }
    }
}

extension Weights {
    /// Every layer's time steps over one sequence, `[layer][time]`; a layer reads the hidden states of the one below.
    func forward(_ rows: [[Double]], from initial: ReferenceModel.States, _ sequence: Int) -> [[LayerStep]] {
        var trace: [[LayerStep]] = []
        var inputs = rows
        for (index, layer) in layers.enumerated() {
            let steps = layer.forward(inputs, h: initial.h[index][sequence], c: initial.c[index][sequence])
            inputs = steps.map(\.hidden)
            trace.append(steps)
        }
        return trace
    }

    /// The head on every time step of the last layer, or on the last step alone: `[row][outputs]`.
    fileprivate func headOutputs(_ trace: [[LayerStep]], atEndOnly: Bool) -> [[Double]] {
        let steps = trace[trace.count - 1]
        return (atEndOnly ? steps.suffix(1) : steps[...]).map { sum(headWeight.times($0.hidden), headBias) }
    }

    /// The derivative by each time step's input row, `[time][input]`; adds what the sequence gives every recurrent and head parameter.
    /// `outputDerivatives` has a row for each row of outputs, nil where nothing was asked; fewer rows than steps are those of the last steps.
    fileprivate func backward(
        _ trace: [[LayerStep]], outputDerivatives: [[Double]?], addingTo gradient: inout Weights
    ) -> [[Double]] {
        let top = trace[trace.count - 1]
        let unasked = top.count - outputDerivatives.count
        var derivatives = top.map { [Double](repeating: 0, count: $0.hidden.count) }
        for (row, outputDerivative) in outputDerivatives.enumerated() {
            guard let outputDerivative else { continue }
            let rounded = headWeight.rounding(outputDerivative)
            gradient.headWeight.addOuterProduct(rounded, top[unasked + row].hidden)
            add(rounded, to: &gradient.headBias)
            derivatives[unasked + row] = headWeight.transposedTimes(outputDerivative)
        }
        for index in layers.indices.reversed() {
            derivatives = layers[index].backward(trace[index], derivatives, addingTo: &gradient.layers[index])
        }
        return derivatives
    }
}
