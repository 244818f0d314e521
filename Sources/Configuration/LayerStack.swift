public import Layers
import Models
import StrictJSON

/// The layers between the input and the head: so many alike, of ``Configuration/ModelSettings/cell`` and ``Configuration/ModelSettings/hidden``, or a list.
public enum LayerStack: Sendable, Equatable {
    case alike(Int)
    /// From the input to the head.
    case list([LayerDescription])

    public var count: Int {
        switch self {
        case .alike(let count): count
        case .list(let layers): layers.count
        }
    }

    static let counts = 1...64
    static let hiddens = 1...65_536
    static let forgetBiases = RealRange.atLeast(0).atMost(1e38)
}

extension Configuration.ModelSettings {
    /// What the settings say of the layers, from the input to the head.
    package var layerDescriptions: [LayerDescription] {
        switch layers {
        case .alike(let count):
            var layer = RecurrentDescription(
                cell: cell, hidden: hidden, forgetBias: forgetBias, reset: reset, activation: activation, hasPeepholes: peepholes, isCoupled: coupledGates,
                gateFunction: gateActivation)
            (layer.projection, layer.layerNorm, layer.initialState, layer.isBidirectional) = (projection, layerNorm, initialState, bidirectional)
            (layer.regularization.recurrentDropout, layer.regularization.weightDrop) = (recurrentDropout, weightDrop)
            (layer.regularization.zoneout, layer.regularization.zoneoutCell) = (zoneout, zoneoutCell)
            var layers = LayerDescription.alike(layer, count: count, dropout: dropout)
            (layer.regularization.activationL2, layer.regularization.temporalL2) = (activationL2, temporalL2)
            layers[layers.count - 1] = .recurrent(layer)
            return layers
        case .list(let layers): return layers
        }
    }

    /// How many of the layers are recurrent.
    public var recurrentLayerCount: Int { layerDescriptions.count { RecurrentDescription($0) != nil } }
}

// MARK: - In the file

extension LayerStack {
    /// Of `model.layers`.
    static let wanted = """
        an integer from \(counts.lowerBound) to \(counts.upperBound), or a list of as many layers, as in \
        [{"type": "lstm", "hidden": 256}, {"type": "gru", "hidden": 128}]
        """

    /// Why a value isn't a stack of layers, and where.
    struct Fault: Sendable {
        let position: JSONPosition
        private let words: @Sendable () -> String
        /// What follows the key: "[2].hidden is 0; it must be an integer from 1 to 65536.", the layers counted from 1.
        var message: String { words() }

        /// - Parameter message: made only where it is read: of very many faults the first ones are.
        init(_ position: JSONPosition, _ message: @autoclosure @escaping @Sendable () -> String) { (self.position, words) = (position, message) }
    }

    /// All faults of a value, at least one: layer after layer.
    struct Faults: Error {
        let all: [Fault]

        init(_ all: [Fault]) { self.all = all }
    }

    /// - Throws: the faults of all layers.
    init(_ value: JSONValue) throws(Faults) {
        guard let layers = value.arrayValue else {
            guard let count = value.integerValue, Self.counts.contains(count) else { throw Self.fault(value) }
            self = .alike(count)
            return
        }
        guard Self.counts.contains(layers.count) else { throw Self.fault(value) }
        var (list, faults): ([LayerDescription], [Fault]) = ([], [])
        for (index, layer) in layers.enumerated() {
            do throws(Faults) {
                list.append(try LayerMembers(layer, name: "[\(index + 1)]").description())
            } catch {
                faults += error.all
            }
        }
        guard faults.isEmpty else { throw Faults(faults) }
        self = .list(list)
    }

    private static func fault(_ value: JSONValue) -> Faults { Faults([Fault(value.position, " is \(value.shown); it must be \(wanted).")]) }

    var json: JSONValue {
        switch self {
        case .alike(let count): .integer(count)
        case .list(let layers): .list(layers.map { LayerType.of($0).json($0) })
        }
    }

    /// The branches of the schema: an integer, or a list with a branch for each type of layer.
    static var schema: JSONValue {
        let integer: JSONValue = .object(["type": .text("integer"), "minimum": .integer(counts.lowerBound), "maximum": .integer(counts.upperBound)])
        let list: JSONValue = .object([
            "type": .text("array"), "minItems": .integer(counts.lowerBound), "maxItems": .integer(counts.upperBound),
            "items": .object(["oneOf": .list(LayerType.all.map(\.schema))]),
        ])
        return .list([integer, list])
    }
}

/// A layer of the list, member by member.
private struct LayerMembers {
    let value: JSONValue
    let members: [JSONMember]
    /// For messages: "[2]".
    let name: String

    init(_ value: JSONValue, name: String) throws(LayerStack.Faults) {
        guard let members = value.objectValue else {
            throw LayerStack.Faults([
                .init(value.position, "\(name) is \(value.shown); a layer is an object, as in {\"type\": \"gru\", \"hidden\": 128}.")
            ])
        }
        (self.value, self.members, self.name) = (value, members, name)
    }

    /// - Throws: all faults of the layer; without a type that alone, for its keys follow from it.
    func description() throws(LayerStack.Faults) -> LayerDescription {
        let type = try type()
        var faults = members.filter { $0.key != "type" && type.key($0.key) == nil }.map { unknown($0, in: type) }
        var layer = type.initial
        for key in type.keys {
            guard let value = member(key.name) else {
                if key.isRequired { faults.append(missing(key.name, key.values.wanted)) }
                continue
            }
            if !key.write(value, &layer) { faults.append(wrong(key.name, value, key.values.wanted)) }
        }
        // Beside a value that isn't known it isn't known either whether another one has an effect.
        if faults.isEmpty { faults = type.keysWithoutEffect(in: layer).compactMap { withoutEffect($0.key, $0.condition) } }
        guard faults.isEmpty else { throw LayerStack.Faults(faults) }
        return layer
    }

    private func type() throws(LayerStack.Faults) -> LayerType {
        let words = alternatives(LayerType.all.map { "\"\($0.name)\"" })
        guard let value = member("type") else { throw LayerStack.Faults([missing("type", words)]) }
        guard let type = LayerType.all.first(where: { $0.name == value.stringValue }) else { throw LayerStack.Faults([wrong("type", value, words)]) }
        return type
    }

    private func member(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    private func missing(_ key: String, _ wanted: String) -> LayerStack.Fault {
        LayerStack.Fault(value.position, "\(name).\(key) is missing; it must be \(wanted).")
    }

    private func wrong(_ key: String, _ value: JSONValue, _ wanted: String) -> LayerStack.Fault {
        LayerStack.Fault(value.position, "\(name).\(key) is \(value.shown); it must be \(wanted).")
    }

    private func withoutEffect(_ key: LayerKey, _ condition: LayerKey.Condition) -> LayerStack.Fault? {
        member(key.name).map { value in LayerStack.Fault(value.position, "\(name).\(key.name)\(condition.fault(of: value))") }
    }

    private func unknown(_ member: JSONMember, in type: LayerType) -> LayerStack.Fault {
        LayerStack.Fault(member.keyPosition, unknownKey(member, in: type))
    }

    private func unknownKey(_ member: JSONMember, in type: LayerType) -> String {
        let key = JSONValue.printable(member.key, scalarCount: 40)
        let others = LayerType.all.filter { $0.key(member.key) != nil }.map { "\"\($0.name)\"" }
        return others.isEmpty
            ? "\(name).\(key) is not a key. The keys of a layer of type \"\(type.name)\" are \(alternatives(["type"] + type.keys.map(\.name), "and"))."
            : "\(name).\(key) doesn't go with type \"\(type.name)\", only with \(alternatives(others, "and")). Remove it."
    }
}
