public import Kernels
public import Layers
public import Threads

// Parameters that a step doesn't change by itself: copies of others, and those that aren't trained.
//
// A tied parameter has a place of its own in the flat buffers. So its gradient is summed over shards and ranks like any other, in the same order on any
// number of ranks, and added to its source's only then.
extension ParameterLayout {
    /// Finishes a gradient that is summed over all ranks: adds each copy's to its source's, and sets what isn't trained to 0.
    public func finish(gradient: FloatView, team: ThreadTeam) {
        for parameter in parameters {
            guard let source = source(of: parameter) else { continue }
            let (sum, part) = (source.view(in: gradient), parameter.view(in: gradient))
            team.run(taskCount: team.threadCount) { share in
                for index in team.tasks(ofShare: share, taskCount: parameter.count) { sum[index] += part[index] }
            }
        }
        for parameter in parameters where !parameter.isTrained { team.fill(parameter.view(in: gradient), with: 0) }
    }

    /// Sets each copy to its source.
    public func copyTied(in parameters: FloatView) {
        for parameter in self.parameters {
            if let source = source(of: parameter) { parameter.view(in: parameters).copy(source.view(in: parameters)) }
        }
    }

    /// Numbers of all parameters, without copies.
    public var distinctCount: Int { parameters.reduce(0) { $0 + ($1.tiedTo == nil ? $1.count : 0) } }

    private func source(of parameter: Parameter) -> Parameter? { parameter.tiedTo.map { self[$0] } }
}
