/// |output - target|, `torch.nn.L1Loss`. Its derivative at 0 is 0.
struct AbsoluteError: NumberLoss {
    func value(ofError error: Float, output: Int) -> Double { Double(error.magnitude) }
    func derivative(ofError error: Float, output: Int) -> Float { error > 0 ? 1 : error < 0 ? -1 : 0 * error }
}
