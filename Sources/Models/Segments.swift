import Batches
import Kernels
import Layers

/// Gradient checkpointing over time (Chen, Xu, Zhang & Guestrin 2016; for recurrent networks Gruslys et al. 2016): sequences are cut into segments,
/// only the states between them are kept, and the way back computes each segment's activations anew. Memory then grows with a segment's length
/// rather than the sequences', at the cost of a second forward pass. Chains of sums go on from segment to segment, so the bits are the same.
final class Segments {
    /// Time steps of a segment.
    let length: Int
    /// Initial hidden and cell states of each segment, for all layers.
    private var states: [RecurrentState] = []
    /// Final states of the sequences.
    private(set) var ends: RecurrentState?
    /// Of all segments, from the forward pass.
    var losses = SequenceLosses(sequenceCount: 0)
    var divisor = 1

    init(length: Int) {
        precondition(length >= 1)
        self.length = length
    }

    func segments(timeCount: Int) -> [Range<Int>] {
        stride(from: 0, to: timeCount, by: length).map { $0..<min($0 + length, timeCount) }
    }

    /// Makes room for a batch's states, those of the first segment being `state`'s, or 0.
    func begin(_ batch: Batch, layout: StateLayout, from state: RecurrentState?) {
        if ends?.sequenceCount != batch.sequenceCount {
            states = []
            ends = RecurrentState(layout, sequenceCount: batch.sequenceCount)
        }
        while states.count <= segments(timeCount: batch.timeCount).count {
            states.append(RecurrentState(layout, sequenceCount: batch.sequenceCount))
        }
        if let state { states[0].values.copy(state.values) } else { states[0].reset() }
    }

    func state(beforeSegment segment: Int) -> RecurrentState { states[segment] }
}

extension Model {
    /// The forward pass, segment by segment, and the loss where every step has one.
    func forward(_ batch: Batch, state: RecurrentState?, in segments: Segments) {
        segments.begin(batch, layout: plan.state, from: state)
        let all = segments.segments(timeCount: batch.timeCount)
        for (index, times) in all.enumerated() {
            let part = batch.part(times)
            forward(part, state: segments.state(beforeSegment: index), pass(over: part, position(of: index, in: all)))
            keepStates(segments.state(beforeSegment: index + 1)) { _ in times.count }
            if let ends = segments.ends {
                keepStates(ends) { times.contains(batch.lengths[$0] - 1) ? batch.lengths[$0] - times.lowerBound : nil }
            }
            switch shape.head {
            case .everyStep: segments.losses = loss(part, divisor: 1, continues: index > 0)
            case .lastStep: head.gatherLast(of: top, batch: batch, times: times)
            }
        }
    }

    private func position(of index: Int, in segments: [Range<Int>]) -> SegmentPosition {
        SegmentPosition(firstTime: segments[index].lowerBound, isFirst: index == 0, isLast: index == segments.count - 1)
    }

    func loss(_ batch: Batch, divisor: Int, in segments: Segments) -> SequenceLosses {
        segments.divisor = divisor
        if shape.head == .lastStep {
            segments.losses = headLoss(nil, batch, divisor: divisor, continues: false)
        }
        return segments.losses
    }

    /// The backward pass, from the last segment to the first, of which each but the last is computed anew before.
    func backward(_ batch: Batch, shards: [Range<Int>], gradient: FloatView, in segments: Segments) {
        let all = segments.segments(timeCount: batch.timeCount)
        if shape.head == .lastStep {
            profile.measure(.head, multiplyAdds: 2 * headMultiplyAdds(batch)) {
                head.multiplyLastDerivatives(rowStride: topGradients.rowStride, batch: batch)
                sumHeadGradients(batch, shards: shards, phase: .whole, gradient: gradient)
            }
        }
        for (index, times) in all.enumerated().reversed() {
            let part = batch.part(times)
            let pass = pass(over: part, position(of: index, in: all))
            if index < all.count - 1 { forward(part, state: segments.state(beforeSegment: index), pass) }
            prepareBackward()
            switch shape.head {
            case .everyStep:
                _ = loss(part, divisor: segments.divisor, continues: false)
                backwardHead(part, shards: shards, pass, gradient: gradient)
            case .lastStep: head.scatterLast(into: topGradients, batch: batch, times: times)
            }
            backwardLayers(shards: shards, gradient: gradient)
        }
    }
}

extension Batch {
    /// The time steps `times` of every sequence. Targets at the end stay as they are.
    func part(_ times: Range<Int>) -> Batch {
        var part = self
        part.timeCount = times.count
        part.lengths = lengths.map { max(0, min(times.count, $0 - times.lowerBound)) }
        func rows<Element>(_ values: [Element], width: Int = 1) -> [Element] {
            Array(values[times.lowerBound * sequenceCount * width..<times.upperBound * sequenceCount * width])
        }
        part.inputs = inputs.map { input in
            switch input {
            case .tokens(let tokens): .tokens(rows(tokens))
            case .vectors(let vectors, let width): .vectors(rows(vectors, width: width), featureCount: width)
            case .characters(let words): .characters(WordCharacters((times.lowerBound * sequenceCount..<times.upperBound * sequenceCount).map { words[$0] }))
            }
        }
        switch target {
        case .tokenEveryStep(let targets)?: part.target = .tokenEveryStep(rows(targets))
        case .vectorEveryStep(let values, let width)?: part.target = .vectorEveryStep(rows(values, width: width), outputCount: width)
        case .classAtEnd?, .vectorAtEnd?, .transcripts?, nil: break
        }
        return part
    }
}
