/// A WAV, FLAC or Ogg file that is a sequence. Its class or transcript is its name or its folder's, as `data.label` says.
struct SequenceRecording: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    /// Values of `data.label`, `data.group` and `data.part`.
    static let (name, folder) = ("name", "folder")

    func read(into table: inout SequenceTable) throws(DatasetError) {
        guard let audio = options.audio else { preconditionFailure("the form goes with options for audio") }
        var reader = RecordingReader(audio)
        let frames = try reader.frames(of: file.bytes, path: file.name, index: table.rowCount)
        try table.setFeatureNames(reader.featureNames)
        if let division = options.division { table.setDivision(text(division.column)) }
        let target = options.needsLabel ? options.target(text(options.label)) : .missing
        guard target != .missing || !options.needsLabel else {
            throw .unusableFile(path: file.name, reason: "its \(options.label) shows no \(options.target.noun). Give it one, or leave it out.")
        }
        try table.add(target, .array(index: 0), recording: frames)
    }

    /// The file's name without its ending, "_" read as a blank; or the name of the folder in which it stands.
    private func text(_ source: String) -> String {
        source == Self.folder ? file.name.split(separator: "/").dropLast().last.map(String.init) ?? "" : Self.name(ofFile: file.name)
    }

    static func name(ofFile path: String) -> String {
        let name = fileName(path)
        return (name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name).replacing("_", with: " ")
    }

    /// Whether a file is called like a recording.
    static func isNamed(_ path: String, storesFeatures: Bool = false) -> Bool {
        let name = fileName(path).lowercased()
        return (storesFeatures ? [".npy", ".mfc", ".htk", ".fea"] : [".wav", ".flac", ".ogg", ".oga", ".opus"]).contains { name.hasSuffix($0) }
    }
}
