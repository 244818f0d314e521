import Files

extension SectionFile {
    /// Writes a section to another file, with its elements changed by `spoil`.
    func copy<Element: SectionElement>(
        _ name: String, _ type: Element.Type, to writer: SectionFileWriter, spoil: (inout [Element]) -> Void = { _ in }
    ) throws {
        let section = try section(name, of: type)
        var elements = section.elements(in: 0..<section.count)
        spoil(&elements)
        try writer.begin(name, of: type)
        try writer.append(elements)
    }
}
