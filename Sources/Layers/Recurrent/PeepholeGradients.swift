import Kernels
import Threads

extension RecurrentLayer {
    /// The gradients of the peepholes: for each unit the sum over all rows of the gate's derivative times the cell state that it saw. A task is a block of
    /// units of one gate.
    func sumPeepholeGradients(rows: ShardedRows, phase: AccumulationPhase, gradient: FloatView) {
        guard !peepholes.isEmpty else { return }
        let blockCount = layouts.stateWidth / GateLayout.blockUnits
        let sumCount = rows.shards.count * GateLayout.blockUnits
        let sums = carriedPeepholeSums.memory(count: peepholes.count * blockCount * sumCount)
        context.team.run(taskCount: peepholes.count * blockCount) { task in
            let (place, block) = task.quotientAndRemainder(dividingBy: blockCount)
            let (peephole, unit) = (peepholes[place], block * GateLayout.blockUnits)
            let sum = rows.sumProducts(
                activations.derivatives, leftStride: layouts.sums.width, leftOffset: layouts.sums.index(group: peephole.gate, unit: unit),
                activations.cells, rightStride: layouts.stateWidth,
                rightOffset: unit + (peephole.readsNewCell ? activations.sequenceCount * layouts.stateWidth : 0), phase: phase,
                sums: sums.slice(from: task * sumCount, count: sumCount))
            guard let sum else { return }
            let target = slots.peephole(place, in: gradient)
            for lane in 0..<min(GateLayout.blockUnits, layouts.hidden - unit) { target[unit + lane] = sum[lane] }
        }
    }
}
