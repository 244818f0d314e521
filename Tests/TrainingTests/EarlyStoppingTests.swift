import Checkpoints
import Configuration
import StrictJSON
import Testing
import Training

@Suite("Early stopping")
struct EarlyStoppingTests {
    private func stopping(patience: Int, minimumImprovement: Double = 0) -> EarlyStopping {
        var settings = Configuration(kind: .adding).training
        (settings.patience, settings.minimumImprovement) = (patience, minimumImprovement)
        return EarlyStopping(settings)
    }

    /// The validation, from 1, after which training ends; nil if it doesn't.
    private func end(_ losses: [Double], patience: Int, minimumImprovement: Double = 0) -> Int? {
        var stopping = stopping(patience: patience, minimumImprovement: minimumImprovement)
        return losses.firstIndex { loss in
            stopping.add(loss)
            return stopping.endsTraining
        }.map { $0 + 1 }
    }

    private let losses = [3.0, 2.5, 2.6, 2.4, 2.45, 2.4, 2.41, 2.3, 2.35, 2.36, 2.37, 2.2]

    @Test("training ends after as many validations in a row without improvement as patience says, where Keras's EarlyStopping ends it")
    func ends() {
        // keras.callbacks.EarlyStopping(patience: p): wait is 1 at the first epoch that isn't better, and training stops at wait >= p.
        #expect(end(losses, patience: 1) == 3 && end(losses, patience: 2) == 6 && end(losses, patience: 3) == 7)
        #expect(end(losses, patience: 4) == nil && end(losses, patience: 0) == nil)
    }

    @Test("an equal loss, one that is too little lower, and NaN are no improvements")
    func improvements() {
        #expect(end([1, 1, 1], patience: 2) == 3 && end([1, .nan, .nan], patience: 2) == 3)
        #expect(end([.nan, .nan], patience: 2) == 2 && end([.infinity, 5, 4], patience: 2) == nil)
        #expect(end([1, 0.95, 0.93, 0.91], patience: 3, minimumImprovement: 0.1) == 4)
        // Small steps that add up to an improvement are one.
        #expect(end([1, 0.95, 0.93, 0.89], patience: 3, minimumImprovement: 0.1) == nil)
    }

    @Test("a state that was written and read again goes on as if nothing had happened", arguments: 0...11)
    func restored(stop: Int) throws {
        var whole = stopping(patience: 5, minimumImprovement: 0.01)
        for loss in losses[..<stop] { whole.add(loss) }
        let text = JSONValue(.object(whole.members)).serialized()
        var restored = stopping(patience: 5, minimumImprovement: 0.01)
        restored.restore(from: progress(try JSONValue.parse(Array(text.utf8))))
        #expect(restored == whole)
        for loss in losses[stop...] {
            whole.add(loss)
            restored.add(loss)
        }
        #expect(restored == whole)
    }

    @Test("without early stopping nothing is written; where it begins with a resume, the run's best loss is what must be improved on")
    func begun() {
        #expect(stopping(patience: 0).members.isEmpty)
        var begun = stopping(patience: 2)
        begun.restore(from: progress(.object(["bestValidationLoss": .real(2.25)])))
        #expect(begun.lossToImprove == 2.25 && begun.validationsSinceImprovement == 0)
        begun.restore(from: progress(.object(["bestValidationLoss": JSONValue(.null)])))
        #expect(begun.lossToImprove == .infinity)
    }

    private func progress(_ other: JSONValue) -> CheckpointProgress { CheckpointProgress(step: 0, epoch: 0, positionInEpoch: 0, seed: 0, other: other) }
}
