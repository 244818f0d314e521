/// Why the reference model refuses to compute.
public enum ReferenceError: Error, Equatable, CustomStringConvertible {
    case sizeBelowOne(name: String, size: Int)
    case parameterMissing(name: String, shape: [Int])
    case parameterOfWrongSize(name: String, found: Int, shape: [Int])
    case parameterUnknown(name: String)
    case gradientMissing(name: String, count: Int)
    case inputOfWrongKind(modelReadsTokens: Bool)
    case sequenceEmpty(sequence: Int)
    case tokenOutOfRange(what: String, token: Int, sequence: Int, time: Int, bound: Int)
    case vectorOfWrongWidth(what: String, sequence: Int, found: Int, wanted: Int)
    case countsDiffer(what: String, found: Int, wanted: Int)
    case nothingAsked

    public var description: String {
        switch self {
        case .sizeBelowOne(let name, let size):
            "reference model: \(name) is \(size); it must be at least 1."
        case .parameterMissing(let name, let shape):
            "reference model: there is no parameter '\(name)'; give it \(shape)."
        case .parameterOfWrongSize(let name, let found, let shape):
            "reference model: '\(name)' has \(found) numbers; its shape is \(shape)."
        case .parameterUnknown(let name):
            "reference model: '\(name)' is no parameter of this model; leave it out."
        case .gradientMissing(let name, let count):
            "reference Adam: the gradient of '\(name)' is missing or not of its \(count) numbers; give one for every parameter."
        case .inputOfWrongKind(modelReadsTokens: true):
            "reference model: the input is vectors, but this model reads tokens; give tokens."
        case .inputOfWrongKind(modelReadsTokens: false):
            "reference model: the input is tokens, but this model reads vectors; give vectors."
        case .sequenceEmpty(let sequence):
            "reference model: sequence \(sequence) has no time step; each needs at least one."
        case .tokenOutOfRange(let what, let token, let sequence, let time, let bound):
            "reference model: \(what) token \(token) of sequence \(sequence), step \(time), is outside 0..<\(bound); give one inside."
        case .vectorOfWrongWidth(let what, let sequence, let found, let wanted):
            "reference model: \(what) of sequence \(sequence) has a vector of \(found) numbers; give \(wanted)."
        case .countsDiffer(let what, let found, let wanted):
            "reference model: there are \(found) \(what); give \(wanted)."
        case .nothingAsked:
            "reference model: no target is asked in the whole batch, so that a mean has no meaning; ask at least one."
        }
    }
}
