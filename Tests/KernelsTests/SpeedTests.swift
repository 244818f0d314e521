import CVector
import Foundation
import Kernels
import Testing

/// Guards the kernels' speed: compares rates measured side by side on the same core, each the best of many short bursts, with wide margins.
/// On an idle core the tiles reach 90 to 100 % of the peak.
@Suite(
    "Speed of the tiles", .serialized,
    .disabled(if: ProcessInfo.processInfo.environment["LSTM_TRAIN_TEST_SANITIZERS"] == "1", "a sanitizer slows the kernels and not the peak"))
struct SpeedTests {
    private static let clock = ContinuousClock()

    /// The best rate of `work` over 400 bursts, in operations per second, and that of bursts of the FMA peak between them.
    private func rates(operations: Double, _ precision: Precision = .float32, _ work: () -> Void) -> (rate: Double, peak: Double) {
        withDenormalsFlushed {
            work()
            var (best, bestPeak, sink) = (Double.infinity, Double.infinity, Float(0))
            var peakOperations = 0.0
            for _ in 0..<400 {
                best = min(best, Self.clock.measure { for _ in 0..<8 { work() } } / .seconds(8))
                bestPeak = min(
                    bestPeak,
                    Self.clock.measure {
                        let burst = multiplyAddBurst(steps: 20_000, precision: precision)
                        peakOperations = 2 * Double(burst.multiplyAdds)
                        sink += burst.value
                    } / .seconds(1))
            }
            #expect(sink.isFinite)
            return (operations / best, peakOperations / bestPeak)
        }
    }

    @Test("A recurrent product reaches half of the core's peak", arguments: [(48, 512, 128), (50, 400, 100), (20, 2600, 650)], Precision.all)
    func product(_ size: (rowCount: Int, columnCount: Int, depth: Int), precision: Precision) {
        let (rowCount, columnCount, depth) = size
        let factors = Factors(rowCount: rowCount, columnCount: columnCount, depth: depth, precision)
        let left = factors.leftOperand()
        let panels = factors.panels()
        let bias = FloatMemory(count: factors.rowStride)
        let product = FloatMemory(count: rowCount * factors.rowStride)
        let (leftView, panelView, productView, biasView) = (left.view, panels.view, product.view, bias.view)
        let rowStride = left.rowStride
        let (rate, peak) = rates(operations: 2 * Double(rowCount * columnCount * depth), precision) {
            panelView.multiply(
                rows: 0..<rowCount, of: RowsOperand(leftView, rowStride: rowStride), into: productView, rowStride: factors.rowStride, bias: biasView)
        }
        print("\(precision) product \(rowCount) × \(columnCount) × \(depth): \(Int(100 * rate / peak)) % of the peak of \(Int(peak / 1e9)) GFLOP/s")
        #expect(rate > 0.5 * peak)
    }

    @Test("A tile is at least ten times as fast as a plain loop of FMAs")
    func beatsPlainLoop() {
        let factors = Factors(rowCount: 48, columnCount: 128, depth: 128)
        let left = memory(factors.left)
        let panels = factors.panels()
        let bias = FloatMemory(count: factors.rowStride)
        let product = FloatMemory(count: 48 * factors.rowStride)
        let (leftView, panelView, productView, biasView) = (left.view, panels.view, product.view, bias.view)
        let (fast, plain) = (2.0 * 48 * 128 * 128, 2.0 * 128 * 128)
        let fastRate = rates(operations: fast) {
            panelView.multiply(rows: 0..<48, of: RowsOperand(leftView, rowStride: 128), into: productView, rowStride: factors.rowStride, bias: biasView)
        }.rate
        // One row, element by element, as a direct translation of the formula.
        var sums = Array(repeating: Float(0), count: 128)
        let plainRate = rates(operations: plain) {
            for column in 0..<128 {
                var sum = Float(0)
                for k in 0..<128 { sum = sum.addingProduct(factors.left[k], factors.right[k * 128 + column]) }
                sums[column] = sum
            }
        }.rate
        #expect(sums.allSatisfy { $0.isFinite })
        #expect(fastRate > 10 * plainRate, "\(fastRate / plainRate) times")
    }
}
