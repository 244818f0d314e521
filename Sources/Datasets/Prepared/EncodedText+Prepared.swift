import StrictJSON

extension EncodedText {
    /// The section of a prepared form that has the tokens.
    static let sectionName = "tokens"
    /// The section with the number of tokens up to each document's end; empty for a text without documents.
    static let documentsName = "documents"

    /// Maps the tokens that ``TextPreparation`` wrote to `path`: the same text as ``init(_:vocabulary:)`` reads from the files.
    /// - Returns: nil if a stored vocabulary is another than the form's, so that the files must be read.
    /// - Throws: ``DatasetError/stalePrepared(path:change:command:)`` and other errors of the form.
    public init?(_ options: TextOptions, prepared path: String, reading: PreparedReading, vocabulary stored: Vocabulary? = nil) throws(DatasetError) {
        let form = try PreparedForm(path, for: reading)
        let members = try form.reader.members(of: form.content, named: ["vocabulary", "ends", "fingerprint"])
        let vocabulary = try Vocabulary(stored: members[0], form.reader)
        if let stored, stored != vocabulary { return nil }
        var ends: [Int] = []
        for value in members[1].arrayValue ?? [] { ends.append(try form.reader.count(value)) }
        let tokens: Tokens =
            vocabulary.count <= Self.narrowCount
            ? .narrow(try form.section(Self.sectionName, of: UInt8.self)) : .wide(try form.section(Self.sectionName, of: Int32.self))
        let section = try form.section(Self.documentsName, of: Int.self)
        let documentEnds = section[0..<section.count]
        let wanted = options.document == nil ? tokens.count : documentEnds.count
        guard ends.count == (options.files + options.partFiles.all).count, ends == ends.sorted(), ends.last == wanted else {
            throw form.reader.error(members[1], "the numbers of tokens, or of documents, up to each file's end must be here")
        }
        guard documentEnds.first ?? 0 >= 0, documentEnds == documentEnds.sorted(), documentEnds.last ?? tokens.count == tokens.count else {
            throw form.reader.error(members[1], "the numbers of tokens up to each document's end must be in the section '\(Self.documentsName)'")
        }
        self.init(
            options, vocabulary: vocabulary, tokens: tokens, ends: ends, documents: zip([0] + documentEnds, documentEnds).map { $0..<$1 },
            fingerprint: try form.reader.fingerprint(members[2]))
    }
}
