package import StrictJSON

/// The type and range of a key's value, and its location in ``Configuration``.
package enum ConfigurationField: Sendable {
    package typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

    /// The range is narrower for some kinds of data.
    case integer(any Path<Int>, ClosedRange<Int>, narrowed: [Configuration.DataKind: ClosedRange<Int>])
    case real(any Path<Double>, RealRange)
    case bool(any Path<Bool>)
    case choice(ChoiceField)
    case strings(any Path<[String]>, StringsRule)
    /// A list, which may be empty, of different integers in a range; a single one needs no list around it.
    case integers(any Path<[Int]>, ClosedRange<Int>)
    /// A string that may be empty.
    case text(any Path<String>)
    case layers(any Path<LayerStack>)
    case classWeights(any Path<ClassWeights>)
}

/// Range of valid reals; a bound is valid itself if it is included.
package struct RealRange: Sendable {
    struct Bound: Sendable {
        var value: Double
        var isIncluded: Bool
    }

    var lower: Bound
    var upper: Bound?

    static func atLeast(_ value: Double) -> RealRange { RealRange(lower: Bound(value: value, isIncluded: true)) }
    static func above(_ value: Double) -> RealRange { RealRange(lower: Bound(value: value, isIncluded: false)) }
    func below(_ value: Double) -> RealRange { RealRange(lower: lower, upper: Bound(value: value, isIncluded: false)) }
    func atMost(_ value: Double) -> RealRange { RealRange(lower: lower, upper: Bound(value: value, isIncluded: true)) }

    func contains(_ value: Double) -> Bool {
        let isAboveLower = lower.isIncluded ? value >= lower.value : value > lower.value
        guard let upper else { return isAboveLower && value.isFinite }
        return isAboveLower && (upper.isIncluded ? value <= upper.value : value < upper.value)
    }
}

/// Which strings are valid; an empty one never is.
package struct StringsRule: Sendable {
    /// Whether a single string needs no list around it.
    var takesSingle = false
    var leastCount = 0
    /// Whether duplicates are invalid.
    var areUnique = false

    func allows(_ strings: [String]) -> Bool {
        strings.count >= leastCount && !strings.contains("") && !(areUnique && hasTwins(strings))
    }

    private func hasTwins(_ strings: [String]) -> Bool {
        Set(strings.map { Array($0.utf8) }).count < strings.count
    }
}

/// A type-erased choice: its words, and functions to read and write the chosen one.
package struct ChoiceField: Sendable {
    let words: [String]
    let word: @Sendable (Configuration) -> String
    /// Returns false if there is no such word.
    let choose: @Sendable (String, inout Configuration) -> Bool

    init<Choice: ConfigurationChoice>(_ path: any ConfigurationField.Path<Choice>) {
        words = Choice.allCases.map(\.rawValue)
        word = { $0[keyPath: path].rawValue }
        choose = { word, configuration in
            guard let choice = Choice(rawValue: word) else { return false }
            configuration[keyPath: path] = choice
            return true
        }
    }
}

extension ConfigurationField {
    func value(in configuration: Configuration) -> JSONValue {
        switch self {
        case .integer(let path, _, _): .integer(configuration[keyPath: path])
        case .real(let path, _): .real(configuration[keyPath: path])
        case .bool(let path): .bool(configuration[keyPath: path])
        case .choice(let choice): .text(choice.word(configuration))
        case .strings(let path, _): .list(configuration[keyPath: path].map(JSONValue.text))
        case .integers(let path, _): .list(configuration[keyPath: path].map(JSONValue.integer))
        case .text(let path): .text(configuration[keyPath: path])
        case .layers(let path): configuration[keyPath: path].json
        case .classWeights(let path): configuration[keyPath: path].json
        }
    }

    /// Writes `value` into `configuration` if its type and range are valid; otherwise returns false and changes nothing.
    package func write(_ value: JSONValue, into configuration: inout Configuration) -> Bool {
        switch self {
        case .integer(let path, let range, _):
            guard let integer = value.integerValue, range.contains(integer) else { return false }
            configuration[keyPath: path] = integer
        case .real(let path, let range):
            guard let real = value.realValue, range.contains(real) else { return false }
            configuration[keyPath: path] = real
        case .bool(let path):
            guard let bool = value.boolValue else { return false }
            configuration[keyPath: path] = bool
        case .choice(let choice):
            guard let word = value.stringValue else { return false }
            return choice.choose(word, &configuration)
        case .strings(let path, let rule):
            guard let strings = strings(value, rule), rule.allows(strings) else { return false }
            configuration[keyPath: path] = strings
        case .integers(let path, let range):
            let values = value.integerValue.map { [$0] } ?? value.arrayValue?.compactMap(\.integerValue)
            guard let values, values.count == value.arrayValue?.count ?? 1, values.allSatisfy(range.contains), Set(values).count == values.count
            else { return false }
            configuration[keyPath: path] = values
        case .text(let path):
            guard let text = value.stringValue else { return false }
            configuration[keyPath: path] = text
        case .layers(let path):
            guard let layers = try? LayerStack(value) else { return false }
            configuration[keyPath: path] = layers
        case .classWeights(let path):
            guard let weights = ClassWeights(value) else { return false }
            configuration[keyPath: path] = weights
        }
        return true
    }

    /// Why `value` is refused, and where, if parts of it are at fault; empty for ``wanted(with:)``.
    func faults(of value: JSONValue) -> [LayerStack.Fault] {
        guard case .layers = self else { return [] }
        do throws(LayerStack.Faults) {
            _ = try LayerStack(value)
            return []
        } catch {
            return error.all
        }
    }

    private func strings(_ value: JSONValue, _ rule: StringsRule) -> [String]? {
        if rule.takesSingle, let single = value.stringValue { return [single] }
        guard let values = value.arrayValue else { return nil }
        let strings = values.compactMap(\.stringValue)
        return strings.count == values.count ? strings : nil
    }
}
