package import Kernels
package import Threads

extension ThreadTeam {
    /// Sets all of `floats`, each member a part.
    package func fill(_ floats: FloatView, with value: Float) {
        run(taskCount: threadCount) { part in
            let range = tasks(ofShare: part, taskCount: floats.count)
            floats.slice(from: range.lowerBound, count: range.count).fill(value)
        }
    }
}
