package import Kernels
import Threads

/// Weight normalisation (Salimans & Kingma 2016), as `torch.nn.utils.parametrizations.weight_norm`: of each output channel's weights length and direction are
/// parameters of their own.
///
/// ```
/// w = g·v / |v|
/// ∂L/∂g = (∂L/∂w · v) / |v|      ∂L/∂v = g/|v| · (∂L/∂w - (∂L/∂w · v)/|v|² · v)
/// ```
///
/// ∂L/∂w stands in v's place of the gradient until it is summed over all ranks; only then it is turned into the other two, which round. Products and lengths are
/// sums in Double, in the order of the elements. As in PyTorch a v of length 0 gives NaN.
///
/// Sendable: tasks write disjoint channels.
final class WeightNorm: @unchecked Sendable {
    private let gain: Parameter
    private let direction: Parameter
    private let memory: FloatMemory
    /// The flat buffer of the last ``weight(_:team:)``.
    private var parameters: FloatView

    /// - Parameters:
    ///   - gain: g, one number for each channel.
    ///   - direction: v, `[channels, …]`.
    init(gain: Parameter, direction: Parameter) {
        precondition(gain.count == direction.shape[0], "a length for each channel")
        (self.gain, self.direction) = (gain, direction)
        memory = FloatMemory(count: direction.count)
        parameters = memory.view
    }

    private var width: Int { direction.count / gain.count }

    /// w, `[channels, …]`, until the next call; the flat buffer must live, unchanged, as long.
    func weight(_ parameters: FloatView, team: ThreadTeam) -> FloatView {
        self.parameters = parameters
        let (target, gains) = (memory.view, gain.view(in: parameters))
        forEachChannel(team) { channel, v in
            writeWeight(gain: gains[channel], direction: v, to: target.slice(from: channel * v.count, count: v.count))
        }
        return target
    }

    /// Sets g's gradient to 0 until ``finishGradient(_:team:)``.
    func clearGain(in gradient: FloatView) { gain.view(in: gradient).fill(0) }

    /// Turns ∂L/∂w, summed over all ranks in v's place, into the gradients of g and v at the parameters of the last ``weight(_:team:)``.
    func finishGradient(_ gradient: FloatView, team: ThreadTeam) {
        let (target, gains, gainTarget) = (direction.view(in: gradient), gain.view(in: parameters), gain.view(in: gradient))
        forEachChannel(team) { channel, v in
            let own = target.slice(from: channel * v.count, count: v.count)
            let (square, product) = (sumOfProducts(v, v), sumOfProducts(own, v))
            let length = square.squareRoot()
            gainTarget[channel] = Float(product / length)
            let (scale, share) = (Double(gains[channel]) / length, product / square)
            for place in 0..<v.count { own[place] = Float(scale * (Double(own[place]) - share * Double(v[place]))) }
        }
    }

    /// Calls `body` with each channel and its part of v.
    private func forEachChannel(_ team: ThreadTeam, _ body: @Sendable (_ channel: Int, _ v: FloatView) -> Void) {
        let (source, width) = (direction.view(in: parameters), width)
        team.run(taskCount: gain.count) { channel in body(channel, source.slice(from: channel * width, count: width)) }
    }
}

/// Writes g·v / |v| of one channel to `target`.
package func writeWeight(gain: Float, direction: FloatView, to target: FloatView) {
    let scale = Float(Double(gain) / sumOfProducts(direction, direction).squareRoot())
    for place in 0..<direction.count { target[place] = scale * direction[place] }
}

/// Writes the length of each channel of `directions`, `[channels, …]`, to `lengths`.
package func channelLengths(of directions: FloatView, into lengths: FloatView) {
    let width = directions.count / lengths.count
    for channel in 0..<lengths.count {
        let own = directions.slice(from: channel * width, count: width)
        lengths[channel] = Float(sumOfProducts(own, own).squareRoot())
    }
}

/// Σ left[i] · right[i] in Double, i ascending: each product is exact.
private func sumOfProducts(_ left: FloatView, _ right: FloatView) -> Double {
    precondition(left.count == right.count)
    var sum = 0.0
    for index in 0..<left.count { sum += Double(left[index]) * Double(right[index]) }
    return sum
}
