import Batches
import Kernels
import Layers
import Models
import ReferenceModel

/// Sequences with their targets and initial states, as the reference reads them, and batches of any neighbours among them.
struct Sequences: Sendable {
    var input: ReferenceModel.Input
    var target: ReferenceModel.Target
    var states: ReferenceModel.States?

    var lengths: [Int] {
        switch input {
        case .tokens(let tokens): tokens.map(\.count)
        case .vectors(let vectors): vectors.map(\.count)
        }
    }

    /// Targets asked, by which the loss is divided.
    var targetCount: Int {
        switch target {
        case .tokenEveryStep(let tokens): tokens.reduce(0) { $0 + $1.count { $0 >= 0 } }
        case .classAtEnd(let classes): classes.count
        case .vectorAtEnd(let vectors): vectors.reduce(0) { $0 + $1.count }
        }
    }

    /// The sequences at `places` (all unless given), padded to their longest and `extraTime` steps more.
    func batch(places: Range<Int>? = nil, extraTime: Int = 0) -> Batch {
        let places = places ?? lengths.indices
        let lengths = Array(lengths[places])
        let timeCount = (lengths.max() ?? -extraTime) + extraTime
        return Batch(
            timeCount: timeCount, lengths: lengths, input: batchInput(places, timeCount), target: batchTarget(places, timeCount),
            globalIndices: Array(places))
    }

    private func batchInput(_ places: Range<Int>, _ timeCount: Int) -> Batch.Input {
        switch input {
        case .tokens(let tokens):
            return .tokens(timeMajor(tokens[places].map { $0.map { [Int32($0)] } }, timeCount, padding: [Batch.padding]))
        case .vectors(let vectors):
            let width = vectors[0][0].count
            let zeros = [Float](repeating: 0, count: width)
            return .vectors(timeMajor(vectors[places].map { $0.map { $0.map(Float.init) } }, timeCount, padding: zeros), featureCount: width)
        }
    }

    private func batchTarget(_ places: Range<Int>, _ timeCount: Int) -> Batch.Target {
        switch target {
        case .tokenEveryStep(let tokens):
            return .tokenEveryStep(timeMajor(tokens[places].map { $0.map { [Int32($0)] } }, timeCount, padding: [Batch.padding]))
        case .classAtEnd(let classes):
            return .classAtEnd(classes[places].map(Int32.init))
        case .vectorAtEnd(let vectors):
            return .vectorAtEnd(vectors[places].flatMap { $0.map(Float.init) }, outputCount: vectors[0].count)
        }
    }

    /// `[sequence][time][features]` as `[time, sequence, features]`, padded behind.
    private func timeMajor<Number>(_ rows: [[[Number]]], _ timeCount: Int, padding: [Number]) -> [Number] {
        (0..<timeCount).flatMap { time in rows.flatMap { time < $0.count ? $0[time] : padding } }
    }

    /// The initial states of the sequences at `places`; nil if they are zero.
    func state(places: Range<Int>? = nil, shape: ModelDescription) -> RecurrentState? {
        guard let states else { return nil }
        let places = places ?? lengths.indices
        let state = RecurrentState(ModelPlan(shape).state, sequenceCount: places.count)
        let values = places.flatMap { sequence in
            shape.layers.indices.flatMap { states.h[$0][sequence] + states.c[$0][sequence] }
        }
        state.values.copy(values.map(Float.init))
        return state
    }
}
