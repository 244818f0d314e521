/// (output - target)².
struct SquaredError: NumberLoss {
    func value(ofError error: Float, output: Int) -> Double { Double(error) * Double(error) }
    func derivative(ofError error: Float, output: Int) -> Float { 2 * error }
}
