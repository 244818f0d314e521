import Testing
import Training

@Suite("NT-ASGD's trigger")
struct NonmonotonicTriggerTests {
    /// The rule as awd-lstm-lm has it: more validations than n before, and a loss above the lowest of them without the last n.
    private func triggers(_ losses: [Double], _ n: Int) -> [Bool] {
        losses.indices.map { index in index > n && losses[index] > losses[..<(index - n)].min()! }
    }

    @Test("it is that of the paper's algorithm, at each validation", arguments: 1...6)
    func paper(patience: Int) {
        let losses = [5.0, 4, 4.5, 3.9, 3.95, 3.92, 3.91, 3.5, 3.6, 3.7, 3.4, 3.45, 3.46, 3.47, 3.48, 3.2, 3.9]
        var trigger = NonmonotonicTrigger(patience: patience)
        let found = losses.map { trigger.add($0) }
        #expect(found == triggers(losses, patience) && found.contains(true) && found.contains(false))
    }

    @Test("a loss that isn't a number is worse than any")
    func notANumber() {
        var trigger = NonmonotonicTrigger(patience: 1)
        #expect([3, .nan, 4, .infinity].map { trigger.add($0) } == [false, false, true, true])
    }
}
