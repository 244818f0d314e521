import Batches
import Kernels
import Layers
import Models
import ReferenceModel

extension Example {
    /// Closed gates let next to nothing back through time, and a divisor makes the loss tiny besides: most of the gradient underflows.
    func tinyPass(
        _ setting: Setting, divisor: Int, plan: ShardPlan, rank: Int = 0, extraTime: Int = 0
    ) throws -> Pass {
        let network = setting.network(shape)
        let parameters = try model().flatParameters(network.layout)
        for layer in 0..<layers {
            let bias = network.layout["rnn.bias_ih_l\(layer)"]
            parameters.view.slice(from: bias.offset, count: bias.count).fill(-Float(seed % 15))
        }
        let count = lengths.count
        return network.pass(
            sequences().batch(places: plan.places(ofRank: rank, sequenceCount: count), extraTime: extraTime), parameters: parameters.view,
            divisor: divisor, shards: plan.localShards(ofRank: rank, sequenceCount: count))
    }
}
