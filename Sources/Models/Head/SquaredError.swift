/// (output - target)².
enum SquaredError: ErrorLoss {
    static func value(ofError error: Float) -> Double { Double(error) * Double(error) }
    static func derivative(ofError error: Float) -> Float { 2 * error }
}
