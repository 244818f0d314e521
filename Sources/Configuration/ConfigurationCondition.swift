import Datasets
import StrictJSON

/// A condition on another key. A key has an effect only where its conditions are met; elsewhere it may have its default, as resolved files of earlier
/// versions do, and no other value.
package struct ConfigurationCondition: Sendable {
    /// Which values of the other key are meant.
    package enum Values: Sendable, Equatable {
        case words([String])
        case above(Double)
        /// An integer.
        case atLeast(Int)
        /// An integer, where the other key may also be a list.
        case anInteger
        /// The same, of at least this.
        case integerFrom(Int)
        /// The number 0.
        case zero
        /// A list without an item.
        case empty
        /// A text that isn't empty.
        case filled
        /// An empty text.
        case blank
    }

    /// With its section: "optimizer.algorithm". It is of the same section as the key, where a schema can state the condition.
    package let key: String
    package let values: Values
    private let isMetBy: @Sendable (Configuration) -> Bool

    /// The other key is one of `choices`.
    init<Choice: ConfigurationChoice>(_ key: String, _ path: any ConfigurationField.Path<Choice>, is choices: Choice...) {
        self.init(key, path, is: choices)
    }

    /// The same, of a list.
    init<Choice: ConfigurationChoice>(_ key: String, _ path: any ConfigurationField.Path<Choice>, is choices: [Choice]) {
        self.key = key
        values = .words(choices.map(\.rawValue))
        isMetBy = { choices.contains($0[keyPath: path]) }
    }

    /// The other key is above `bound`.
    init(_ key: String, _ path: any ConfigurationField.Path<Double>, isAbove bound: Double) {
        self.key = key
        values = .above(bound)
        isMetBy = { $0[keyPath: path] > bound }
    }

    /// The other key is `bound` or more.
    init(_ key: String, _ path: any ConfigurationField.Path<Int>, isAtLeast bound: Int) {
        self.key = key
        values = .atLeast(bound)
        isMetBy = { $0[keyPath: path] >= bound }
    }

    /// The other key is 0.
    init(_ key: String, isZero path: any ConfigurationField.Path<Int>) {
        self.init(key, .zero) { $0[keyPath: path] == 0 }
    }

    /// The other key lists nothing.
    init(_ key: String, isEmpty path: any ConfigurationField.Path<[String]>) {
        self.init(key, .empty) { $0[keyPath: path].isEmpty }
    }

    /// The other key has a text.
    init(_ key: String, isFilled path: any ConfigurationField.Path<String>) {
        self.init(key, .filled) { !$0[keyPath: path].isEmpty }
    }

    /// The other key has no text.
    init(_ key: String, isBlank path: any ConfigurationField.Path<String>) {
        self.init(key, .blank) { $0[keyPath: path].isEmpty }
    }
    /// The targets are transcripts.
    static let transcribed = ConfigurationCondition("data.target", \.data.target, is: .transcript)

    /// `model.layers` is a number of layers, which are all alike.
    static let layersAlike = ConfigurationCondition("model.layers", .anInteger) {
        if case .alike = $0.model.layers { true } else { false }
    }

    /// The same of at least two layers.
    static let severalLayersAlike = ConfigurationCondition("model.layers", .integerFrom(2)) {
        if case .alike(let count) = $0.model.layers { count > 1 } else { false }
    }

    private init(_ key: String, _ values: Values, isMetBy: @escaping @Sendable (Configuration) -> Bool) {
        (self.key, self.values, self.isMetBy) = (key, values, isMetBy)
    }

    func isMet(by configuration: Configuration) -> Bool { isMetBy(configuration) }

    /// The key within its section: "algorithm".
    package var name: String { key.split(separator: ".").last.map(String.init) ?? key }

    /// `optimizer.schedule "step"`, `optimizer.momentum above 0`, `training.patience at least 1`.
    var words: String {
        switch values {
        case .words(let words): "\(key) " + alternatives(words.map { "\"\($0)\"" })
        case .above(let bound): "\(key) above \(JSONValue.real(bound).shortNumber)"
        case .atLeast(let bound): "\(key) at least \(bound)"
        case .anInteger: "\(key) as an integer"
        case .integerFrom(let least): "\(key) as an integer of at least \(least)"
        case .zero: "\(key) 0"
        case .empty: "an empty \(key)"
        case .filled: "a \(key)"
        case .blank: "an empty \(key)"
        }
    }

    /// Of the other key's value, in a schema.
    var schema: JSONValue {
        switch values {
        case .words(let words): .object(["enum": .list(words.map(JSONValue.text))])
        case .above(let bound): .object(["exclusiveMinimum": .real(bound)])
        case .atLeast(let bound): .object(["minimum": .integer(bound)])
        case .anInteger: .object(["type": .text("integer")])
        case .integerFrom(let least): .object(["type": .text("integer"), "minimum": .integer(least)])
        case .zero: .object(["enum": .list([.integer(0)])])
        case .empty: .object(["type": .text("array"), "maxItems": .integer(0)])
        case .filled: .object(["minLength": .integer(1)])
        case .blank: .object(["enum": .list([.text("")])])
        }
    }
}

extension JSONValue {
    /// A number as it is spoken of: without ".0".
    fileprivate var shortNumber: String { realValue.flatMap(Int.init(exactly:)).map(String.init) ?? serialized() }
}

extension ConfigurationKey {
    /// The same, of effect only where all `conditions` are met.
    func when(_ conditions: ConfigurationCondition...) -> ConfigurationKey { when(conditions) }

    /// The same, of effect only where all `conditions` are met.
    func when(_ conditions: [ConfigurationCondition]) -> ConfigurationKey {
        var key = self
        key.conditions = conditions
        return key
    }

    /// The same, with the weights depending on it where one of `conditions` is met.
    func decidesWeights(where conditions: ConfigurationCondition...) -> ConfigurationKey {
        var key = self
        key.resultConditions = conditions
        return key
    }

    /// Whether the key goes with `configuration`'s kind of data.
    public func isKnown(in configuration: Configuration) -> Bool { kinds.contains(configuration.data.kind) }

    /// Whether the key goes with `configuration`'s kind of data and with the values of the keys that it depends on.
    public func applies(to configuration: Configuration) -> Bool { isKnown(in: configuration) && conditions.allSatisfy { $0.isMet(by: configuration) } }
}
