public import Layers
import Models
import StrictJSON

/// The layers between the input and the head: so many alike, of ``Configuration/ModelSettings/cell`` and ``Configuration/ModelSettings/hidden``, or a list.
public enum LayerStack: Sendable, Equatable {
    case alike(Int)
    /// From the input to the head.
    case list([LayerSettings])

    public var count: Int {
        switch self {
        case .alike(let count): count
        case .list(let layers): layers.count
        }
    }

    static let counts = 1...64
    static let hiddens = 1...65_536
}

/// A layer of a list.
public struct LayerSettings: Sendable, Equatable {
    /// Kind of the layer: a cell, for a recurrent one.
    public var type: CellKind
    public var hidden: Int
    public var forgetBias = 0.0

    public init(type: CellKind, hidden: Int, forgetBias: Double = 0) {
        (self.type, self.hidden, self.forgetBias) = (type, hidden, forgetBias)
    }
}

extension Configuration.ModelSettings {
    /// What the settings say of the layers, from the input to the head.
    package var layerDescriptions: [LayerDescription] {
        switch layers {
        case .alike(let count):
            Array(repeating: .recurrent(RecurrentDescription(cell: cell, hidden: hidden, forgetBias: forgetBias)), count: count)
        case .list(let layers):
            layers.map { .recurrent(RecurrentDescription(cell: $0.type, hidden: $0.hidden, forgetBias: $0.forgetBias)) }
        }
    }
}

// MARK: - In the file

extension LayerStack {
    /// Of `model.layers`.
    static let wanted = """
        an integer from \(counts.lowerBound) to \(counts.upperBound), or a list of as many layers, as in \
        [{"type": "lstm", "hidden": 256}, {"type": "gru", "hidden": 128}]
        """

    /// Why a value isn't a stack of layers, and where.
    struct Fault: Error {
        let position: JSONPosition
        /// What follows the key: "[2].hidden is 0; it must be an integer from 1 to 65536.", the layers counted from 1.
        let message: String
    }

    init(_ value: JSONValue) throws(Fault) {
        guard let layers = value.arrayValue else {
            guard let count = value.integerValue, Self.counts.contains(count) else { throw Self.fault(value) }
            self = .alike(count)
            return
        }
        guard Self.counts.contains(layers.count) else { throw Self.fault(value) }
        var list: [LayerSettings] = []
        for (index, layer) in layers.enumerated() { list.append(try Self.layer(layer, "[\(index + 1)]")) }
        self = .list(list)
    }

    private static func fault(_ value: JSONValue) -> Fault { Fault(position: value.position, message: " is \(value.shown); it must be \(wanted).") }

    private static let keys = ["type", "hidden", "forgetBias"]

    private static func layer(_ value: JSONValue, _ name: String) throws(Fault) -> LayerSettings {
        guard let members = value.objectValue else {
            throw Fault(position: value.position, message: "\(name) is \(value.shown); a layer is an object, as in {\"type\": \"gru\", \"hidden\": 128}.")
        }
        if let stranger = members.first(where: { !keys.contains($0.key) }) {
            let key = JSONValue.printable(stranger.key, scalarCount: 40)
            throw Fault(position: stranger.keyPosition, message: "\(name).\(key) is not a key. The keys of a layer are \(alternatives(keys, "and")).")
        }
        func member(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }
        func missing(_ key: String, _ wanted: String) -> Fault {
            Fault(position: value.position, message: "\(name).\(key) is missing; it must be \(wanted).")
        }
        func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> Fault {
            Fault(position: value.position, message: "\(name).\(key) is \(value.shown); it must be \(wanted).")
        }
        let types = alternatives(CellKind.allCases.map { "\"\($0.rawValue)\"" })
        guard let type = member("type") else { throw missing("type", types) }
        guard let cell = type.stringValue.flatMap(CellKind.init(rawValue:)) else { throw wrong("type", type, types) }
        let units = "an integer from \(hiddens.lowerBound) to \(hiddens.upperBound)"
        guard let hidden = member("hidden") else { throw missing("hidden", units) }
        guard let count = hidden.integerValue, hiddens.contains(count) else { throw wrong("hidden", hidden, units) }
        var settings = LayerSettings(type: cell, hidden: count)
        guard let bias = member("forgetBias") else { return settings }
        guard cell.forgetGate != nil else {
            throw Fault(position: bias.position, message: "\(name).forgetBias goes with a cell that has a forget gate, not with \"\(cell.rawValue)\". Remove it.")
        }
        guard let amount = bias.realValue, forgetBiases.contains(amount) else { throw wrong("forgetBias", bias, "a number at least 0 and at most 1e+38") }
        settings.forgetBias = amount
        return settings
    }

    static let forgetBiases = RealRange.atLeast(0).atMost(1e38)

    var json: JSONValue {
        switch self {
        case .alike(let count): .integer(count)
        case .list(let layers):
            .list(
                layers.map { layer in
                    var members = [JSONMember(key: "type", value: .text(layer.type.rawValue)), JSONMember(key: "hidden", value: .integer(layer.hidden))]
                    if layer.forgetBias != 0 { members.append(JSONMember(key: "forgetBias", value: .real(layer.forgetBias))) }
                    return JSONValue(.object(members))
                })
        }
    }

    /// The branches of the schema: an integer, or a list with a branch for each kind of layer.
    static var schema: JSONValue {
        let integer: JSONValue = .object(["type": .text("integer"), "minimum": .integer(counts.lowerBound), "maximum": .integer(counts.upperBound)])
        let branches = CellKind.allCases.map { cell -> JSONValue in
            var properties = [
                JSONMember(key: "type", value: .object(["enum": .list([.text(cell.rawValue)])])),
                JSONMember(
                    key: "hidden",
                    value: .object([
                        "description": .text("Units."), "type": .text("integer"), "minimum": .integer(hiddens.lowerBound),
                        "maximum": .integer(hiddens.upperBound),
                    ])),
            ]
            if cell.forgetGate != nil {
                properties.append(
                    JSONMember(
                        key: "forgetBias",
                        value: .object([
                            "description": .text("Added to the forget gate's first bias."), "type": .text("number"), "minimum": .real(0),
                            "maximum": .real(1e38), "default": .real(0),
                        ])))
            }
            return .object([
                "type": .text("object"), "properties": JSONValue(.object(properties)), "required": .list([.text("type"), .text("hidden")]),
                "additionalProperties": .bool(false),
            ])
        }
        let list: JSONValue = .object([
            "type": .text("array"), "minItems": .integer(counts.lowerBound), "maxItems": .integer(counts.upperBound),
            "items": .object(["oneOf": .list(branches)]),
        ])
        return .list([integer, list])
    }
}
