/// (output - target)².
struct SquaredError: NumberLoss {
    func value(ofError error: Float) -> Double { Double(error) * Double(error) }
    func derivative(ofError error: Float) -> Float { 2 * error }
}
