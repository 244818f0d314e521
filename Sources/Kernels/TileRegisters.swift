public import CVector

// The unrolled tiles of `multiply`: rows × one panel of four vectors. Sums are separate local variables, for these stay in registers
// (an array of them ran at 60 % of the speed). `s21` is the sum of row 2, vector 1.

/// 24 sums, for the 32 registers of AVX-512: 24 FMAs for 4 loads and 6 broadcasts.
@inlinable
@inline(__always)
func tileOfSixRows<Ends: TileEnds>(
    _ row: Int, _ panel: Int, _ left: LeftOperand, _ b: UnsafePointer<Lane>, _ depth: Int, _ ends: Ends
) {
    var (s00, s01, s02, s03) = ends.begin(row: row, panel: panel)
    var (s10, s11, s12, s13) = ends.begin(row: row + 1, panel: panel)
    var (s20, s21, s22, s23) = ends.begin(row: row + 2, panel: panel)
    var (s30, s31, s32, s33) = ends.begin(row: row + 3, panel: panel)
    var (s40, s41, s42, s43) = ends.begin(row: row + 4, panel: panel)
    var (s50, s51, s52, s53) = ends.begin(row: row + 5, panel: panel)
    let a0 = left.start(ofRow: row)
    let a1 = left.start(ofRow: row + 1)
    let a2 = left.start(ofRow: row + 2)
    let a3 = left.start(ofRow: row + 3)
    let a4 = left.start(ofRow: row + 4)
    let a5 = left.start(ofRow: row + 5)
    var b = b
    var step = 0
    for _ in 0..<depth {
        let (b0, b1, b2, b3) = (b[0], b[1], b[2], b[3])
        let x0 = Lane(repeating: a0[step])
        s00 = s00.addingProduct(x0, b0)
        s01 = s01.addingProduct(x0, b1)
        s02 = s02.addingProduct(x0, b2)
        s03 = s03.addingProduct(x0, b3)
        let x1 = Lane(repeating: a1[step])
        s10 = s10.addingProduct(x1, b0)
        s11 = s11.addingProduct(x1, b1)
        s12 = s12.addingProduct(x1, b2)
        s13 = s13.addingProduct(x1, b3)
        let x2 = Lane(repeating: a2[step])
        s20 = s20.addingProduct(x2, b0)
        s21 = s21.addingProduct(x2, b1)
        s22 = s22.addingProduct(x2, b2)
        s23 = s23.addingProduct(x2, b3)
        let x3 = Lane(repeating: a3[step])
        s30 = s30.addingProduct(x3, b0)
        s31 = s31.addingProduct(x3, b1)
        s32 = s32.addingProduct(x3, b2)
        s33 = s33.addingProduct(x3, b3)
        let x4 = Lane(repeating: a4[step])
        s40 = s40.addingProduct(x4, b0)
        s41 = s41.addingProduct(x4, b1)
        s42 = s42.addingProduct(x4, b2)
        s43 = s43.addingProduct(x4, b3)
        let x5 = Lane(repeating: a5[step])
        s50 = s50.addingProduct(x5, b0)
        s51 = s51.addingProduct(x5, b1)
        s52 = s52.addingProduct(x5, b2)
        s53 = s53.addingProduct(x5, b3)
        b += 4
        step &+= left.stepStride
    }
    ends.finish(row: row, panel: panel, s00, s01, s02, s03)
    ends.finish(row: row + 1, panel: panel, s10, s11, s12, s13)
    ends.finish(row: row + 2, panel: panel, s20, s21, s22, s23)
    ends.finish(row: row + 3, panel: panel, s30, s31, s32, s33)
    ends.finish(row: row + 4, panel: panel, s40, s41, s42, s43)
    ends.finish(row: row + 5, panel: panel, s50, s51, s52, s53)
}

/// 12 sums, for 16 registers: 12 FMAs for 4 loads and 3 broadcasts.
@inlinable
@inline(__always)
func tileOfThreeRows<Ends: TileEnds>(
    _ row: Int, _ panel: Int, _ left: LeftOperand, _ b: UnsafePointer<Lane>, _ depth: Int, _ ends: Ends
) {
    var (s00, s01, s02, s03) = ends.begin(row: row, panel: panel)
    var (s10, s11, s12, s13) = ends.begin(row: row + 1, panel: panel)
    var (s20, s21, s22, s23) = ends.begin(row: row + 2, panel: panel)
    let a0 = left.start(ofRow: row)
    let a1 = left.start(ofRow: row + 1)
    let a2 = left.start(ofRow: row + 2)
    var b = b
    var step = 0
    for _ in 0..<depth {
        let x0 = Lane(repeating: a0[step])
        let x1 = Lane(repeating: a1[step])
        let x2 = Lane(repeating: a2[step])
        let b0 = b[0]
        s00 = s00.addingProduct(x0, b0)
        s10 = s10.addingProduct(x1, b0)
        s20 = s20.addingProduct(x2, b0)
        let b1 = b[1]
        s01 = s01.addingProduct(x0, b1)
        s11 = s11.addingProduct(x1, b1)
        s21 = s21.addingProduct(x2, b1)
        let b2 = b[2]
        s02 = s02.addingProduct(x0, b2)
        s12 = s12.addingProduct(x1, b2)
        s22 = s22.addingProduct(x2, b2)
        let b3 = b[3]
        s03 = s03.addingProduct(x0, b3)
        s13 = s13.addingProduct(x1, b3)
        s23 = s23.addingProduct(x2, b3)
        b += 4
        step &+= left.stepStride
    }
    ends.finish(row: row, panel: panel, s00, s01, s02, s03)
    ends.finish(row: row + 1, panel: panel, s10, s11, s12, s13)
    ends.finish(row: row + 2, panel: panel, s20, s21, s22, s23)
}

/// 8 sums: what a batch leaves over.
@inlinable
@inline(__always)
func tileOfTwoRows<Ends: TileEnds>(
    _ row: Int, _ panel: Int, _ left: LeftOperand, _ b: UnsafePointer<Lane>, _ depth: Int, _ ends: Ends
) {
    var (s00, s01, s02, s03) = ends.begin(row: row, panel: panel)
    var (s10, s11, s12, s13) = ends.begin(row: row + 1, panel: panel)
    let a0 = left.start(ofRow: row)
    let a1 = left.start(ofRow: row + 1)
    var b = b
    var step = 0
    for _ in 0..<depth {
        let x0 = Lane(repeating: a0[step])
        let x1 = Lane(repeating: a1[step])
        let b0 = b[0]
        s00 = s00.addingProduct(x0, b0)
        s10 = s10.addingProduct(x1, b0)
        let b1 = b[1]
        s01 = s01.addingProduct(x0, b1)
        s11 = s11.addingProduct(x1, b1)
        let b2 = b[2]
        s02 = s02.addingProduct(x0, b2)
        s12 = s12.addingProduct(x1, b2)
        let b3 = b[3]
        s03 = s03.addingProduct(x0, b3)
        s13 = s13.addingProduct(x1, b3)
        b += 4
        step &+= left.stepStride
    }
    ends.finish(row: row, panel: panel, s00, s01, s02, s03)
    ends.finish(row: row + 1, panel: panel, s10, s11, s12, s13)
}

/// 4 sums: what a batch leaves over, or a batch of one.
@inlinable
@inline(__always)
func tileOfOneRow<Ends: TileEnds>(
    _ row: Int, _ panel: Int, _ left: LeftOperand, _ b: UnsafePointer<Lane>, _ depth: Int, _ ends: Ends
) {
    var (s00, s01, s02, s03) = ends.begin(row: row, panel: panel)
    let a0 = left.start(ofRow: row)
    var b = b
    var step = 0
    for _ in 0..<depth {
        let x0 = Lane(repeating: a0[step])
        let b0 = b[0]
        s00 = s00.addingProduct(x0, b0)
        let b1 = b[1]
        s01 = s01.addingProduct(x0, b1)
        let b2 = b[2]
        s02 = s02.addingProduct(x0, b2)
        let b3 = b[3]
        s03 = s03.addingProduct(x0, b3)
        b += 4
        step &+= left.stepStride
    }
    ends.finish(row: row, panel: panel, s00, s01, s02, s03)
}
