import Kernels

/// The transitions of a linear-chain CRF as its passes read them: exponentials, with rows of whole vectors, padded with 0.
///
/// A transition's exponential is taken of its distance from the greatest, so that it is at most 1.
///
/// Sendable: written by `load` alone, between passes.
final class ChainWeights: @unchecked Sendable {
    let classCount: Int
    /// Floats from one row to the next.
    let width: Int
    /// e^(transition - greatest), from class i to class j: `[i, j]`, and the same as `[j, i]`.
    private let forwardMemory: FloatMemory
    private let backwardMemory: FloatMemory
    private let startMemory: FloatMemory
    private let endMemory: FloatMemory
    private(set) var greatest: Float = 0
    private(set) var greatestStart: Float = 0
    private(set) var greatestEnd: Float = 0
    /// The greatest distance of two transitions, or of two starts or ends.
    private(set) var range: Float = 0
    /// The parameters themselves: `[i, j]`, `[classes]`, `[classes]`.
    private(set) var transitions: FloatView
    private(set) var starts: FloatView
    private(set) var ends: FloatView

    init(classCount: Int) {
        self.classCount = classCount
        width = (classCount + 15) / 16 * 16
        forwardMemory = FloatMemory(count: classCount * width)
        backwardMemory = FloatMemory(count: classCount * width)
        startMemory = FloatMemory(count: width)
        endMemory = FloatMemory(count: width)
        (transitions, starts, ends) = (forwardMemory.view, startMemory.view, endMemory.view)
    }

    var forward: FloatView { forwardMemory.view }
    var backward: FloatView { backwardMemory.view }
    var startExponentials: FloatView { startMemory.view }
    var endExponentials: FloatView { endMemory.view }

    func load(transitions: FloatView, starts: FloatView, ends: FloatView) {
        (self.transitions, self.starts, self.ends) = (transitions, starts, ends)
        greatest = transitions.largest
        greatestStart = starts.largest
        greatestEnd = ends.largest
        range = [transitions, starts, ends].reduce(0) { range, view in
            let own = view.largest - view.least
            return own <= range ? range : own
        }
        for first in 0..<classCount {
            for second in 0..<classCount {
                let value = exponential(transitions[first * classCount + second] - greatest)
                forward[first * width + second] = value
                backward[second * width + first] = value
            }
            startExponentials[first] = exponential(starts[first] - greatestStart)
            endExponentials[first] = exponential(ends[first] - greatestEnd)
        }
    }
}

extension FloatView {
    /// The least element, NaN if there is one.
    var least: Float {
        var least = self[0]
        for index in 1..<count where !(self[index] >= least) { least = self[index] }
        return least
    }

    /// The greatest element, NaN if there is one.
    var largest: Float {
        var largest = self[0]
        for index in 1..<count where !(self[index] <= largest) { largest = self[index] }
        return largest
    }
}
