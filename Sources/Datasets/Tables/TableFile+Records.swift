import StrictJSON

extension TableFile {
    /// The records of the file, whose contents show its form: NumPy's arrays; JSON objects in lines, each a series or a row; or fields between delimiters.
    /// - Parameter id: `data.id`; nil to examine a file before it is known.
    /// - Throws: ``DatasetError`` for a form that isn't read, or a file that can't begin as it does.
    func records(reading: TableReading, id: String?) throws(DatasetError) -> any RecordReader {
        if let format = FileFormat(bytes: bytes), [.numpy, .numpyArchive].contains(format) {
            try refuseFrequency(reading)
            return try ArrayRecords(self, id: id)
        }
        if JSONForm.isArray(bytes) {
            throw .unusableFile(
                path: name, reason: "it is one JSON array. Write an object a line, in pandas with frame.to_json(path, orient=\"records\", lines=True).")
        }
        if JSONForm.isLines(bytes) {
            if JSONForm.holdsSeries(in: bytes) { return try SeriesLines(self, reading: reading, id: id) }
            try refuseFrequency(reading)
            return try JSONRows(self)
        }
        try refuseFrequency(reading)
        return try CSVRecords(self, reading: reading)
    }

    private func refuseFrequency(_ reading: TableReading) throws(DatasetError) {
        guard !reading.frequency.isEmpty else { return }
        throw .optionOutOfRange(
            key: "data.frequency", found: "\"\(JSONValue.printable(reading.frequency, scalarCount: 40))\"",
            wanted: "left out, since the rows of \(fileName(name)) have dates of their own, or none. "
                + "It goes with JSON Lines of which each is a series with its start")
    }
}

/// What the first bytes of a file show of the JSON in it.
enum JSONForm {
    /// Whether it begins with an object: JSON Lines.
    static func isLines(_ bytes: [UInt8]) -> Bool { begins(bytes, with: ["{", "\""]) || begins(bytes, with: ["{", "}"]) }
    /// Whether it begins with a list of objects.
    static func isArray(_ bytes: [UInt8]) -> Bool { begins(bytes, with: ["[", "{"]) }

    /// Whether the first object has a series in its field "target", as in GluonTS.
    static func holdsSeries(in bytes: [UInt8]) -> Bool { firstObject(of: bytes)?["target"]?.arrayValue != nil }

    /// Whether lines that begin so are rows or series, not labelled sequences: a list of numbers with a start, or values that are a date and a number.
    static func looksLikeSeries(_ bytes: [UInt8]) -> Bool {
        guard isLines(bytes), let object = firstObject(of: bytes), let members = object.objectValue else { return false }
        if let target = object["target"]?.arrayValue {
            return object["start"] != nil && target.allSatisfy { $0.arrayValue != nil || $0.stringValue == nil }
        }
        let hasDate = members.contains { member in
            if ["ds", "timestamp", "date", "datetime"].contains(member.key.lowercased()) { return true }
            return member.value.stringValue.flatMap { CalendarTime($0.trimmed) }.map { $0.form == .date || $0.form == .dayAndMonth } ?? false
        }
        return hasDate && members.contains { $0.value.realValue != nil } && members.allSatisfy { $0.value.arrayValue == nil && $0.value.objectValue == nil }
    }

    /// Nil if the first line that isn't blank isn't an object.
    private static func firstObject(of bytes: [UInt8]) -> JSONValue? {
        let line = bytes.dropFirst(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0).split(separator: 0x0A, maxSplits: 16).first { !$0.allSatisfy(isBlank) }
        let value = line.flatMap { try? JSONValue.parse(Array($0), acceptsNonFinite: true) }
        return value?.objectValue == nil ? nil : value
    }

    /// Whether the first bytes that aren't blank are these; blanks may stand between them.
    private static func begins(_ bytes: [UInt8], with marks: [Unicode.Scalar]) -> Bool {
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        for mark in marks {
            rest = rest.drop(while: isBlank)
            guard rest.popFirst() == UInt8(ascii: mark) else { return false }
        }
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

extension TableSurvey {
    /// Whether the file at `path` is no table of fields between delimiters, but shows that it has rows or series: JSON lines of these, or arrays without classes.
    /// - Throws: ``DatasetError`` if it can't be read.
    public static func isOfOtherForm(_ path: String) throws(DatasetError) -> Bool {
        let file = try TableFile(path: path)
        switch FileFormat(bytes: file.bytes) {
        case .numpy: return true
        case .numpyArchive:
            let names = Set(try NamedArrays(path: path, isArchive: true).arrays.map(\.name))
            return !names.isSuperset(of: ["X", "y"])
        default: return JSONForm.looksLikeSeries(file.bytes)
        }
    }
}
