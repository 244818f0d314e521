// One function per type of value, so that a row of the table reads as: section, name, location, range, kinds of data, effect, meaning.
extension ConfigurationKey {
    typealias Kind = Configuration.DataKind
    typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

    static func integer(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<Int>, _ range: ClosedRange<Int>,
        narrowed: [Kind: ClosedRange<Int>] = [:], for kinds: [Kind] = Kind.allCases, _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: kinds, isRequired: false, effect: effect, meaning: meaning,
            field: .integer(path, range, narrowed: narrowed))
    }

    static func real(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<Double>, _ range: RealRange,
        for kinds: [Kind] = Kind.allCases, _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: kinds, isRequired: false, effect: effect, meaning: meaning, field: .real(path, range))
    }

    static func bool(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<Bool>, for kinds: [Kind] = Kind.allCases, _ effect: Effect,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(section: section, name: name, kinds: kinds, isRequired: false, effect: effect, meaning: meaning, field: .bool(path))
    }

    static func choice<Choice: ConfigurationChoice>(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<Choice>, for kinds: [Kind] = Kind.allCases,
        isRequired: Bool = false, _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: kinds, isRequired: isRequired, effect: effect, meaning: meaning,
            field: .choice(ChoiceField(path)))
    }

    static func text(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<String>, for kinds: [Kind] = Kind.allCases, isRequired: Bool = false,
        _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: kinds, isRequired: isRequired, effect: effect, meaning: meaning, field: .text(path))
    }

    static func layers(_ section: ConfigurationSection, _ name: String, _ path: any Path<LayerStack>, _ effect: Effect, _ meaning: String) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: Kind.allCases, isRequired: false, effect: effect, meaning: meaning, field: .layers(path))
    }

    static func classWeights(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<ClassWeights>, _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: Kind.allCases, isRequired: false, effect: effect, meaning: meaning, field: .classWeights(path))
    }

    static func integers(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<[Int]>, _ range: ClosedRange<Int>, for kinds: [Kind], _ effect: Effect,
        _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(section: section, name: name, kinds: kinds, isRequired: false, effect: effect, meaning: meaning, field: .integers(path, range))
    }

    static func strings(
        _ section: ConfigurationSection, _ name: String, _ path: any Path<[String]>, _ rule: StringsRule, for kinds: [Kind],
        isRequired: Bool = false, _ effect: Effect, _ meaning: String
    ) -> ConfigurationKey {
        ConfigurationKey(
            section: section, name: name, kinds: kinds, isRequired: isRequired, effect: effect, meaning: meaning,
            field: .strings(path, rule))
    }
}
