import CVector
public import Kernels
public import Threads

/// An average of the parameters over steps, in their layout:
///
/// ```
/// average ← average + share · (w - average)          one FMA an element
/// ```
///
/// With share 1 - d it is an exponential moving average of decay d, as `torch.optim.swa_utils.AveragedModel` with `get_ema_multi_avg_fn(d)`; with
/// share 1/n it is the mean of n steps' parameters, as `torch.optim.ASGD` without decay. The first parameters are copied.
public final class WeightAverage {
    private let memory: FloatMemory
    /// Parameters taken in; at 0 the values are undefined.
    public var count = 0

    public init(parameterCount: Int) { memory = FloatMemory(count: parameterCount) }

    public var values: FloatView { memory.view }

    /// Begins anew with `parameters`.
    public func begin(with parameters: FloatView) {
        values.copy(parameters)
        count = 1
    }

    /// Takes in `parameters`, shared out over the team. Allocates nothing.
    /// - Parameter decay: nil for the mean of all.
    /// - Precondition: ``begin(with:)`` was called, or the values are those of an earlier average of `count` parameters.
    public func add(_ parameters: FloatView, decay: Double?, team: ThreadTeam) {
        precondition(count > 0 && parameters.count == values.count)
        count += 1
        let share = Float(decay.map { 1 - $0 } ?? 1 / Double(count))
        let values = values
        let vectorCount = (parameters.count + laneCount - 1) / laneCount
        team.run(taskCount: team.threadCount) { block in
            for vector in team.tasks(ofShare: block, taskCount: vectorCount) {
                let index = vector * laneCount
                if index + laneCount <= parameters.count {
                    let average = values.lane(at: index)
                    values.setLane(laneFMA(Lane(repeating: share), parameters.lane(at: index) - average, average), at: index)
                } else {
                    // The last elements, fewer than a vector.
                    for index in index..<parameters.count { values[index] = values[index].addingProduct(share, parameters[index] - values[index]) }
                }
            }
        }
    }
}
