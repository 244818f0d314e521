/// The non-monotonic trigger of Merity, Keskar & Socher (2018, algorithm 1), after which the mean of the weights begins: a validation loss is above the lowest of all but the `patience`
/// validations before it. A loss that isn't finite counts as the largest number.
package struct NonmonotonicTrigger: Equatable {
    private let patience: Int
    /// Of all validations but the recent ones; infinity before there are any.
    package var lowestLoss = Double.infinity
    /// Of at most `patience` validations, the oldest first.
    package var recentLosses: [Double] = []

    package init(patience: Int) { self.patience = patience }

    /// Takes in the loss of a validation.
    /// - Returns: whether it triggers.
    package mutating func add(_ loss: Double) -> Bool {
        let loss = loss.isFinite ? loss : .greatestFiniteMagnitude
        let triggers = loss > lowestLoss
        recentLosses.append(loss)
        while recentLosses.count > patience { lowestLoss = min(lowestLoss, recentLosses.removeFirst()) }
        return triggers
    }
}
