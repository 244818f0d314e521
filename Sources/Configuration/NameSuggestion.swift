import StrictJSON

extension ConfigurationSection {
    /// The message about an unknown section of the file, with a suggestion.
    static func unknownSection(_ name: String) -> String {
        let shown = JSONValue.printable(name)
        let refusal = "\(shown) is not a section here."
        if let key = ConfigurationKey.table.first(where: { $0.dottedName == name }) {
            return "\(refusal) Write \"\(key.name)\" inside the section \"\(key.section.rawValue)\"."
        }
        let names = allCases.map(\.rawValue)
        if let meant = ConfigurationKey.dottedName(ofBare: name) { return "\(refusal) Did you mean '\(meant)'?" }
        // Both "optimizer.lr" and "lr".
        if let foreign = OtherFrameworkTerm(ConfigurationKey.lastName(of: name)) { return foreign.sentence(about: shown) }
        if let meant = nearest(to: name, among: names) ?? ConfigurationKey.dottedName(nearest: name) { return "\(refusal) Did you mean '\(meant)'?" }
        return "\(refusal) The sections are \(alternatives(names, "and"))."
    }

    /// The message about an unknown key of this section.
    func unknownKey(_ name: String) -> String {
        let shown = "\(rawValue).\(JSONValue.printable(name))"
        let refusal = "\(shown) is not a key here."
        let names = keys.map(\.name)
        if let own = names.first(where: { plainLetters($0) == plainLetters(name) }) { return "\(refusal) Did you mean '\(own)'?" }
        if let meant = ConfigurationKey.dottedName(ofBare: name) { return "\(refusal) Did you mean '\(meant)'?" }
        if let foreign = OtherFrameworkTerm(name) { return foreign.sentence(about: shown) }
        if let meant = nearest(to: name, among: names) ?? ConfigurationKey.dottedName(nearest: name) { return "\(refusal) Did you mean '\(meant)'?" }
        return "\(refusal) The keys of \(rawValue) are \(alternatives(names, "and"))."
    }
}

extension ConfigurationKey {
    /// The message about an unknown key on the command line, given with its section.
    static func unknownDottedKey(_ name: String) -> String {
        let shown = JSONValue.printable(name)
        let refusal = "\(shown) is not a key."
        let bare = lastName(of: name)
        let sectionName = name.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? name
        if let section = ConfigurationSection(rawValue: name) {
            return "\(refusal) It is a section; its keys are \(alternatives(section.keys.map(\.dottedName), "and"))."
        }
        let section = ConfigurationSection(rawValue: sectionName) ?? nearest(to: sectionName, among: ConfigurationSection.allCases.map(\.rawValue))
            .flatMap(ConfigurationSection.init(rawValue:))
        let own = section?.keys ?? []
        if let key = own.first(where: { plainLetters($0.name) == plainLetters(bare) }) { return "\(refusal) Did you mean '\(key.dottedName)'?" }
        if let meant = dottedName(ofBare: bare) { return "\(refusal) Did you mean '\(meant)'?" }
        if let foreign = OtherFrameworkTerm(bare) { return foreign.sentence(about: shown) }
        let near = nearest(to: bare, among: own.map(\.name)).flatMap { near in own.first { $0.name == near }?.dottedName }
        if let meant = near ?? dottedName(nearest: bare) { return "\(refusal) Did you mean '\(meant)'?" }
        if let section, section.rawValue == sectionName {
            return "\(refusal) The keys of \(section.rawValue) are \(alternatives(own.map(\.name), "and"))."
        }
        let sections = ConfigurationSection.allCases.map(\.rawValue)
        return "\(refusal) A key has its section before it, as in model.hidden=256; the sections are \(alternatives(sections, "and"))."
    }

    /// The message about a key that was given as an option of the program, such as "--epochs 3"; nil if no key has that name.
    /// - Parameters:
    ///   - option: with its dashes.
    ///   - value: the argument after it.
    public static func sentence(aboutOption option: String, value: String?) -> String? {
        let name = String(option.drop { $0 == "-" })
        let shown = JSONValue.printable(option)
        if let key = table.first(where: { $0.dottedName == name })?.dottedName ?? dottedName(ofBare: lastName(of: name)) {
            return OtherFrameworkTerm.key(key, hint: "").sentence(aboutOption: shown, value: value)
        }
        return OtherFrameworkTerm(lastName(of: name))?.sentence(aboutOption: shown, value: value)
    }

    /// The part after the last dot.
    fileprivate static func lastName(of name: String) -> String {
        String(name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...])
    }

    /// The first key of any section with this name, ignoring case, "_" and "-".
    fileprivate static func dottedName(ofBare name: String) -> String? {
        let letters = plainLetters(name)
        return (table.first { $0.name == name } ?? table.first { plainLetters($0.name) == letters })?.dottedName
    }

    /// The key of any section with the most similar name.
    fileprivate static func dottedName(nearest name: String) -> String? {
        nearest(to: name, among: table.map(\.name)).flatMap(dottedName(ofBare:))
    }
}
