import ProtocolBuffers

// The required messages of an ONNX model, with the field numbers of onnx.proto3 (IR version 8).

/// A node: an operator, the names of its inputs and outputs, and its attributes.
struct ONNXNode {
    var operation: String
    var inputs: [String]
    var outputs: [String]
    var attributes: [Attribute] = []

    enum Attribute {
        case integer(String, Int)
        case integers(String, [Int])
        case real(String, Float)
        case text(String, String)
        case texts(String, [String])
        case floats(String, [Float])
    }

    var message: ProtobufMessage {
        var message = ProtobufMessage()
        for input in inputs { message.add(1, text: input) }
        for output in outputs { message.add(2, text: output) }
        // A unique name, which runtimes show in their messages.
        message.add(3, text: "\(operation) → \(outputs.first { !$0.isEmpty } ?? "")")
        message.add(4, text: operation)
        for attribute in attributes { message.add(5, message: attribute.message) }
        return message
    }
}

extension ONNXNode.Attribute {
    /// The enum AttributeType.
    private enum Kind: Int { case real = 1, integer = 2, text = 3, floats = 6, integers = 7, texts = 8 }

    fileprivate var message: ProtobufMessage {
        var message = ProtobufMessage()
        switch self {
        case .integer(let name, let value):
            message.add(1, text: name)
            message.add(3, integer: value)
            message.add(20, integer: Kind.integer.rawValue)
        case .integers(let name, let values):
            message.add(1, text: name)
            for value in values { message.add(8, integer: value) }
            message.add(20, integer: Kind.integers.rawValue)
        case .real(let name, let value):
            message.add(1, text: name)
            message.add(2, float: value)
            message.add(20, integer: Kind.real.rawValue)
        case .text(let name, let value):
            message.add(1, text: name)
            message.add(4, text: value)
            message.add(20, integer: Kind.text.rawValue)
        case .floats(let name, let values):
            message.add(1, text: name)
            for value in values { message.add(7, float: value) }
            message.add(20, integer: Kind.floats.rawValue)
        case .texts(let name, let values):
            message.add(1, text: name)
            for value in values { message.add(9, text: value) }
            message.add(20, integer: Kind.texts.rawValue)
        }
        return message
    }
}

/// The enum TensorProto.DataType.
enum ONNXType: Int { case float = 1, int32 = 6, int64 = 7, double = 11 }

/// A constant with its values.
struct ONNXTensor {
    let message: ProtobufMessage

    init(_ name: String, floats: some Collection<Float>, shape: [Int]) {
        self.init(name, .float, floats.map(\.bitPattern), shape: shape)
    }

    init(_ name: String, doubles: [Double]) {
        self.init(name, .double, doubles.map(\.bitPattern), shape: [doubles.count])
    }

    init(_ name: String, integers: [Int64], shape: [Int]? = nil) {
        self.init(name, .int64, integers, shape: shape ?? [integers.count])
    }

    private init(_ name: String, _ type: ONNXType, _ words: some Collection<some FixedWidthInteger>, shape: [Int]) {
        precondition(words.count == shape.reduce(1, *), "\(name): \(words.count) values aren't \(shape)")
        var raw: [UInt8] = []
        raw.reserveCapacity(words.count * 8)
        for word in words { raw.append(littleEndian: word) }
        var message = ProtobufMessage()
        for dimension in shape { message.add(1, integer: dimension) }
        message.add(2, integer: type.rawValue)
        message.add(8, text: name)
        message.add(9, bytes: raw)
        self.message = message
    }
}

/// A graph's input or output: its name, and the size or the name of each dimension.
struct ONNXValue {
    enum Dimension {
        case size(Int)
        case named(String)
    }

    let name: String
    let type: ONNXType
    let shape: [Dimension]
    let meaning: String

    var message: ProtobufMessage {
        var dimensions = ProtobufMessage()
        for dimension in shape {
            var message = ProtobufMessage()
            switch dimension {
            case .size(let size): message.add(1, integer: size)
            case .named(let name): message.add(2, text: name)
            }
            dimensions.add(1, message: message)
        }
        var tensorType = ProtobufMessage()
        tensorType.add(1, integer: type.rawValue)
        tensorType.add(2, message: dimensions)
        var valueType = ProtobufMessage()
        valueType.add(1, message: tensorType)
        var message = ProtobufMessage()
        message.add(1, text: name)
        message.add(2, message: valueType)
        message.add(3, text: meaning)
        return message
    }
}
