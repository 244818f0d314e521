import NumberText
import StrictJSON

/// A file of the UEA & UCR time series archive (.ts): lines that begin with "@" describe the data; after "@data" a line is a sequence, its dimensions between
/// colons, their values between commas, and its class at the end. Sequences may have different lengths.
/// Source: https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html
struct SequenceArchive: SequenceReader {
    let file: TableFile
    let options: SequenceOptions

    private var path: String { file.name }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        guard options.text.isEmpty && options.columns.isEmpty else {
            throw .optionOutOfRange(
                key: options.text.isEmpty ? "data.columns" : "data.text", found: "set",
                wanted: "left out: \(fileName(path)) has dimensions without names, and all are read")
        }
        try table.setTargetNames(options.target.isOfNumbers ? ["target"] : [])
        var lines = try TextLines(file)
        let hasClasses = try readHeader(&lines)
        var numbers: [Double] = []
        var width = 0
        while let line = lines.next() {
            guard let first = line.first(where: { !isBlank($0) }), first != UInt8(ascii: "#") else { continue }
            var dimensions = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            var target = RowTarget.missing
            if hasClasses {
                guard dimensions.count > 1, let name = String(validating: dimensions.removeLast(), as: UTF8.self)?.trimmed,
                    !name.isEmpty || !options.needsLabel
                else {
                    throw lines.error("the line has no class; it stands after the last colon, in UTF-8. Give it one, or leave the line out")
                }
                target = options.target.isOfNumbers ? try number(name, lines) : options.target(name)
            }
            if width == 0 {
                width = dimensions.count
                try table.setFeatureNames(width == 1 ? ["value"] : (1...width).map { "dimension \($0)" })
            }
            guard dimensions.count == width else {
                throw lines.error("the line has \(counted(dimensions.count, "dimension")), and the lines before have \(width). Fix it, or leave it out")
            }
            try read(dimensions, of: line, lines, into: &numbers)
            table.add(target, line: lines.number, column: 1, numbers: numbers)
        }
    }

    private func number(_ text: String, _ lines: TextLines) throws(DatasetError) -> RowTarget {
        if case .number(let value) = FieldContent(text, hasDecimalComma: false) { return .numbers([value]) }
        guard !options.needsLabel else {
            throw lines.error("the target after the last colon, \"\(JSONValue.printable(text, scalarCount: 40))\", is no finite number. Fix it, or leave the line out")
        }
        return .missing
    }

    /// Reads up to "@data".
    /// - Returns: whether lines end with a class.
    private func readHeader(_ lines: inout TextLines) throws(DatasetError) -> Bool {
        var hasClasses = true
        while let line = lines.next() {
            let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" }.map { $0.lowercased() }
            guard let key = words.first, !key.hasPrefix("#") else { continue }
            guard key.hasPrefix("@") else { throw lines.error("a sequence stands before the line \"@data\". Add that line after the description") }
            let isTrue = words.dropFirst().first == "true"
            if key == "@data" { return hasClasses }
            if key == "@timestamps", isTrue {
                throw lines.error("values with time stamps (@timeStamps true) aren't read. Write the values alone, at equal distances")
            }
            if key == "@targetlabel", isTrue != options.target.isOfNumbers {
                throw lines.error(
                    "the targets are \(isTrue ? "numbers" : "classes") (@targetLabel \(isTrue)). Set data.target to \"\(isTrue ? "numbers" : "class")\"")
            }
            if key == "@targetlabel", isTrue { hasClasses = true }
            if key == "@classlabel" { hasClasses = isTrue }
            if key == "@classlabel", !isTrue, options.needsLabel, !options.target.isOfNumbers {
                throw lines.error("the sequences have no classes (@classLabel false), and the training needs them. Give a file with classes")
            }
        }
        throw lines.error("the file ends before a line \"@data\". Is it one of the time series archive")
    }

    /// The values of a line as `[time, dimension]`.
    private func read(
        _ dimensions: [ArraySlice<UInt8>], of line: ArraySlice<UInt8>, _ lines: TextLines, into numbers: inout [Double]
    ) throws(DatasetError) {
        let fields = dimensions.map { $0.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) }
        let timeCount = fields[0].count
        // Before memory is taken for them all.
        if let odd = fields.firstIndex(where: { $0.count != timeCount }) {
            throw lines.error(
                "dimension \(odd + 1) has \(counted(fields[odd].count, "value")), and the first \(timeCount). "
                    + "All dimensions of a sequence have the same length: fix the line, or leave it out",
                column: dimensions[odd].startIndex - line.startIndex + 1)
        }
        numbers = Array(repeating: 0, count: timeCount * dimensions.count)
        for (place, dimension) in fields.enumerated() {
            for (time, field) in dimension.enumerated() {
                numbers[time * dimensions.count + place] = try number(field, column: field.startIndex - line.startIndex + 1, lines)
            }
        }
    }

    private func number(_ field: ArraySlice<UInt8>, column: Int, _ lines: TextLines) throws(DatasetError) -> Double {
        let text = String(decoding: field, as: UTF8.self).trimmed
        switch FieldContent(text, hasDecimalComma: false) {
        case .number(let value): return value
        case .missing where options.allowsMissing: return .nan
        case .missing:
            throw lines.error("a value is missing here. \(options.gapAdvice(leaving: "the sequence"))", column: column)
        case .notFinite, .text:
            throw lines.error(
                "\"\(JSONValue.printable(text, scalarCount: 40))\" is no finite number. Fix it, or leave the sequence out", column: column)
        }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
