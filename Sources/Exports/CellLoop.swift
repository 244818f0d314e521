import Layers

/// A cell's formulas as Python statements, for a loop over the time steps with NumPy or torch (``ArrayLibrary``).
struct CellLoop: Sendable {
    /// `sums` [batch, time, gates · hidden] of all time steps, as an expression of `products`, W·x, and of the parameters.
    let inputSums: String
    /// From `sums[:, t]`, the states `h`, `c`, … [batch, units] and the parameters, all by their names without a layer's number, to the next states `next_h`, ….
    let step: [String]
}

extension RecurrentDescription {
    /// The names of a direction's parameters without the layer's number, in the order of the flat buffer.
    var parameterNames: [String] { ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] + peepholeNames + additionalParameters.map(\.name) }

    /// Statements before the loop, from `products` and the states to begin with.
    var loopBeginning: [String] {
        let cell = CellExport(self)
        guard initialState == .learned else { return ["sums = \(cell.loop.inputSums)"] }
        let areNew = cell.stateNames.map { "(\($0) == 0).all(axis=1)" }.joined(separator: " & ")
        return ["sums = \(cell.loop.inputSums)", "is_new = (\(areNew))[:, None]  # a sequence begins with the learned state where all of its own is 0"]
            + cell.stateNames.map { "\($0) = np.where(is_new, \($0)0, \($0))" }
    }

    /// Statements of one time step: the cell's, its projection, what zoneout keeps on the average, and the old states past a sequence's end.
    var loopStep: [String] {
        let cell = CellExport(self)
        let projected = projection > 0 ? ["next_h = next_h @ weight_hr.T"] : []
        let rates = [("h", regularization.zoneout), ("c", regularization.zoneoutCell)]
        let kept = rates.filter { $0.1 > 0 && cell.stateNames.contains($0.0) }.map { name, rate in "next_\(name) = \(1 - rate) * next_\(name) + \(rate) * \(name)" }
        let states = cell.stateNames.map { "\($0) = np.where(counts, next_\($0), \($0))" }
        return cell.loop.step + projected + kept + ["counts = (t < lengths)[:, None]"] + states
    }
}
