import CVector
import Kernels
import Testing

/// The operands of a product and the initial values of its sums: left `[rows, depth]`, right `[depth, columns]`.
struct Factors {
    let rowCount: Int, columnCount: Int, depth: Int
    let precision: Precision
    /// Rounded to the product's precision.
    let left: [Float], right: [Float], start: [Float]

    init(rowCount: Int, columnCount: Int, depth: Int, _ precision: Precision = .float32) {
        self.precision = precision
        (self.rowCount, self.columnCount, self.depth) = (rowCount, columnCount, depth)
        let seed = UInt64(rowCount * 1_000_000 + columnCount * 1000 + depth)
        given = (floats(count: rowCount * depth, seed: seed), floats(count: depth * columnCount, seed: seed + 1))
        left = precision.plainlyRounded(given.left)
        right = precision.plainlyRounded(given.right)
        start = floats(count: rowCount * columnCount, seed: seed + 2)
    }

    /// The operands before rounding.
    private let given: (left: [Float], right: [Float])

    func leftOperand() -> OperandMemory { OperandMemory(given.left, width: depth, precision) }

    /// Floats from one row of a product to the next: whole panels.
    var rowStride: Int { PanelView.panelCount(columns: columnCount) * PanelView.width }

    /// The plain implementation: one chain of FMAs per element, over `steps` in order, starting from `start`.
    func product(from start: (_ row: Int, _ column: Int) -> Float) -> [Float] {
        (0..<rowCount).flatMap { row in
            (0..<columnCount).map { column in
                (0..<depth).reduce(start(row, column)) { $0.addingProduct(left[row * depth + $1], right[$1 * columnCount + column]) }
            }
        }
    }

    /// The right operand's panels, packed without transposing.
    func panels() -> PanelMatrix {
        let panels = PanelMatrix(depth: depth, columnCount: columnCount, precision: precision)
        let source = memory(given.right)
        panels.view.packColumns(of: source.view, depth: depth, columnCount: columnCount, panels: 0..<panels.view.panelCount) { $0 * columnCount }
        return panels
    }

    /// The right factor's panels, packed from its transpose `[columns, depth]`.
    func panelsOfTranspose() -> PanelMatrix {
        let panels = PanelMatrix(depth: depth, columnCount: columnCount, precision: precision)
        let source = memory((0..<columnCount).flatMap { column in (0..<depth).map { given.right[$0 * columnCount + column] } })
        panels.view.packRows(of: source.view, depth: depth, panels: 0..<panels.view.panelCount) { panel, vector in
            let first = panel * PanelView.width + vector * laneCount
            return (min(first, columnCount), max(0, min(laneCount, columnCount - first)))
        }
        return panels
    }

    /// Copies `values` `[rows, columns]` into rows padded to whole panels.
    func spread(_ values: [Float]) -> FloatMemory {
        let target = FloatMemory(count: rowCount * rowStride)
        for row in 0..<rowCount { target.view.copy(Array(values[row * columnCount..<(row + 1) * columnCount]), to: row * rowStride) }
        return target
    }

    /// The columns of rows that are padded to whole panels.
    func columns(of floats: FloatView) -> [Float] {
        (0..<rowCount).flatMap { floats.slice(from: $0 * rowStride, count: columnCount).array() }
    }
}

@Suite("Tile products")
struct ProductTests {
    static let columnCounts = Set([
        1, 7, laneCount - 1, laneCount, laneCount + 1, 4 * laneCount - 1, 4 * laneCount, 4 * laneCount + 1, 9 * laneCount + 3,
    ]).sorted()

    @Test("An element has the same bits as one chain of FMAs of rounded operands, from a bias or a sum", arguments: columnCounts, Precision.all)
    func isOneChain(columnCount: Int, precision: Precision) {
        for rowCount in 1...26 {
            for depth in [0, 1, 7, 34, 130] {
                let factors = Factors(rowCount: rowCount, columnCount: columnCount, depth: depth, precision)
                let left = factors.leftOperand()
                let operand = left.rows
                let bias = memory(Array(factors.start[0..<columnCount]) + Array(repeating: 0, count: factors.rowStride - columnCount))
                let biased = factors.product { factors.start[$1] }
                let added = factors.product { factors.start[$0 * columnCount + $1] }
                check(factors.panels())
                check(factors.panelsOfTranspose())

                func check(_ panels: borrowing PanelMatrix) {
                    let product = FloatMemory(count: rowCount * factors.rowStride)
                    product.view.fill(.nan)
                    multiply(
                        rows: 0..<rowCount, of: operand, by: panels.view, panels: 0..<panels.view.panelCount,
                        ends: BiasedProduct(into: product.view, rowStride: factors.rowStride, bias: bias.view))
                    #expect(areSame(factors.columns(of: product.view), biased), "\(rowCount) × \(depth) × \(columnCount), bias")
                    let sum = factors.spread(factors.start)
                    multiply(
                        rows: 0..<rowCount, of: operand, by: panels.view, panels: 0..<panels.view.panelCount,
                        ends: AddedProduct(to: sum.view, rowStride: factors.rowStride))
                    #expect(areSame(factors.columns(of: sum.view), added), "\(rowCount) × \(depth) × \(columnCount), sum")
                }
            }
        }
    }

    @Test("Any split into rows, panels and steps gives the same bits", arguments: Precision.all)
    func splits(precision: Precision) {
        let factors = Factors(rowCount: 13, columnCount: 9 * laneCount + 3, depth: 37, precision)
        let left = factors.leftOperand()
        let panels = factors.panels()
        let wanted = factors.product { factors.start[$0 * factors.columnCount + $1] }
        for rowSize in 1...13 {
            for panelSize in 1...3 {
                for stepSize in [1, 5, 36, 37] {
                    let sum = factors.spread(factors.start)
                    // Steps in order; rows and panels from the last to the first.
                    for step in stride(from: 0, to: panels.view.stepCount, by: stepSize) {
                        let steps = step..<min(step + stepSize, panels.view.stepCount)
                        // Step 0 of `operand` is the first of the steps.
                        let operand = left.rows.from(step: step)
                        for row in stride(from: 0, to: 13, by: rowSize).reversed() {
                            for panel in stride(from: 0, to: panels.view.panelCount, by: panelSize).reversed() {
                                multiply(
                                    rows: row..<min(row + rowSize, 13), of: operand, by: panels.view,
                                    panels: panel..<min(panel + panelSize, panels.view.panelCount), steps: steps,
                                    ends: AddedProduct(to: sum.view, rowStride: factors.rowStride))
                            }
                        }
                    }
                    #expect(areSame(factors.columns(of: sum.view), wanted), "\(rowSize) rows, \(panelSize) panels, \(stepSize) steps")
                }
            }
        }
    }

    @Test("Blocking for the caches gives the same bits, also for several blocks", arguments: [1, laneCount + 1, 5 * laneCount], Precision.all)
    func blocks(columnCount: Int, precision: Precision) {
        for (rowCount, depth) in [(95, 0), (96, 511), (97, 512), (200, 513), (7, 1100)] {
            let factors = Factors(rowCount: rowCount, columnCount: columnCount, depth: depth, precision)
            let left = factors.leftOperand()
            let bias = memory(Array(factors.start[0..<columnCount]) + Array(repeating: 0, count: factors.rowStride - columnCount))
            let product = FloatMemory(count: rowCount * factors.rowStride)
            product.view.fill(.nan)
            let panels = factors.panels()
            panels.view.multiply(
                rows: 0..<rowCount, of: left.rows, into: product.view, rowStride: factors.rowStride, bias: bias.view)
            #expect(areSame(factors.columns(of: product.view), factors.product { factors.start[$1] }), "\(rowCount) × \(depth)")
        }
    }

    @Test("Rows and panels outside the given ranges are unchanged")
    func leavesTheRest() {
        let factors = Factors(rowCount: 9, columnCount: 9 * laneCount, depth: 5)
        let left = memory(factors.left)
        let panels = factors.panels()
        let wanted = factors.product { factors.start[$0 * factors.columnCount + $1] }
        let sum = factors.spread(factors.start)
        multiply(
            rows: 2..<7, of: RowsOperand(left.view, rowStride: 5), by: panels.view, panels: 1..<2, ends: AddedProduct(to: sum.view, rowStride: factors.rowStride))
        let found = factors.columns(of: sum.view)
        for index in found.indices {
            let (row, column) = index.quotientAndRemainder(dividingBy: factors.columnCount)
            let isAsked = (2..<7).contains(row) && column / PanelView.width == 1
            #expect(found[index] == (isAsked ? wanted : factors.start)[index])
        }
    }

    @Test("Packing sets steps without a row, and padding columns, to 0", arguments: Precision.all)
    func packingPads(precision: Precision) {
        let columnCount = PanelView.width + 2
        let panels = PanelMatrix(depth: 3, columnCount: columnCount, precision: precision)
        panels.view.floats.fill(.nan)
        let source = memory(Array(repeating: 1, count: 3 * columnCount))
        panels.view.packColumns(of: source.view, depth: 3, columnCount: columnCount, panels: 0..<2) { $0 == 1 ? nil : $0 * columnCount }
        let found = panels.view.floats.array().map(\.bitPattern)
        // float32: 1, and 0. bfloat16: the pair of 1 and 0.
        let one = precision == .float32 ? Float(1).bitPattern : 0x3f80_0000
        let steps: [[UInt32]] = precision == .float32 ? [[one], [0], [one]] : [[one], [one]]
        let wanted: [UInt32] = (0..<2).flatMap { panel in
            steps.flatMap { step in (0..<PanelView.width).map { panel == 0 || $0 < 2 ? step[0] : 0 } }
        }
        #expect(found == wanted)
    }

    @Test("A product scaled by row and added to the targets' weights, or to the sum, has the plain implementation's bits", arguments: Precision.all)
    func scaled(precision: Precision) {
        let outputCount = 9
        for unitCount in [1, laneCount - 1, laneCount + 1, 4 * laneCount, 4 * laneCount + 1] {
            let factors = Factors(rowCount: 8, columnCount: unitCount, depth: outputCount, precision)
            let left = factors.leftOperand()
            let panels = factors.panels()
            let (hidden, firstUnit, scale) = (unitCount + 3, 2, Float(0.3))
            let weights = floats(count: outputCount * hidden, seed: 5)
            let weight = memory(weights)
            let rowFactors = memory(floats(count: 8 * 2, seed: 6))
            // The last output is one of them: its row ends where the weights end. Rows without a target start at 0.
            let targets: [Int32] = [8, -1, 0, 3, 8, -1, 7, 8]
            // Each row has a scale of its own.
            let scales = memory((0..<8).map { scale + 0.01 * Float($0) })
            let start = TargetWeights(
                weight.view, precision, hidden: hidden, units: firstUnit..<firstUnit + unitCount, targets: targets, scales: scales.view)
            let sum = FloatMemory(count: 8 * factors.rowStride)
            sum.view.fill(.nan)
            let chains = factors.product { _, _ in 0 }
            func expect(_ earlier: (_ row: Int, _ column: Int) -> Float) -> [Float] {
                chains.indices.map { index in
                    let (row, column) = index.quotientAndRemainder(dividingBy: unitCount)
                    return earlier(row, column).addingProduct(chains[index], rowFactors.view[2 * row])
                }
            }
            let first = expect { row, column in
                guard targets[row] >= 0 else { return 0 }
                return Float(0).addingProduct(precision.plainlyRounded(weights[Int(targets[row]) * hidden + firstUnit + column]), -scales.view[row])
            }
            panels.view.multiply(
                rows: 0..<8, of: left.rows, into: sum.view, rowStride: factors.rowStride, from: start, times: rowFactors.view, factorStride: 2)
            #expect(areSame(factors.columns(of: sum.view), first), "\(unitCount) units, first block")
            // Padding units stay 0, because other layers' products read them.
            let rest = (0..<8).flatMap { sum.view.slice(from: $0 * factors.rowStride + unitCount, count: factors.rowStride - unitCount).array() }
            #expect(rest.allSatisfy { $0 == 0 }, "\(unitCount) units")
            panels.view.multiply(
                rows: 0..<8, of: left.rows, into: sum.view, rowStride: factors.rowStride, from: nil, times: rowFactors.view, factorStride: 2)
            #expect(areSame(factors.columns(of: sum.view), expect { first[$0 * unitCount + $1] }), "\(unitCount) units, second block")

            // With label smoothing the sums of the weights are added to rows with a target.
            let sums = floats(count: hidden, seed: 8)
            let sumMemory = memory(sums + Array(repeating: 0, count: 4 * laneCount))
            let smoothed = TargetWeights(
                weight.view, precision, hidden: hidden, units: firstUnit..<firstUnit + unitCount, targets: targets, scales: scales.view,
                sums: sumMemory.view, uniformScale: 0.05)
            panels.view.multiply(
                rows: 0..<8, of: left.rows, into: sum.view, rowStride: factors.rowStride, from: smoothed, times: rowFactors.view, factorStride: 2)
            let wanted = expect { row, column in
                guard targets[row] >= 0 else { return 0 }
                let uniform = Float(0).addingProduct(sums[firstUnit + column], -0.05)
                return uniform.addingProduct(precision.plainlyRounded(weights[Int(targets[row]) * hidden + firstUnit + column]), -scales.view[row])
            }
            #expect(areSame(factors.columns(of: sum.view), wanted), "\(unitCount) units, with sums")
        }
    }
}
