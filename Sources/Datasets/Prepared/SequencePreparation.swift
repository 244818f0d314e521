import Files
import NumberText
import StrictJSON

/// Writes labelled sequences, as they were read, to a file that ``LabelledSequences`` maps. They are read as for training, so they must fit in the memory here.
public struct SequencePreparation {
    private let options: SequenceOptions
    private let reading: PreparedReading

    /// - Precondition: `options` evaluate no part alone.
    public init(_ options: SequenceOptions, reading: PreparedReading) {
        precondition(options.evaluated == nil)
        (self.options, self.reading) = (options, reading)
    }

    /// Writes the file at `path`; one that is there is replaced.
    /// - Parameter command: the command that writes it, for messages.
    /// - Throws: as ``LabelledSequences/init(_:batchSize:seed:meaning:)``, or ``DatasetError/notWritten(path:reason:)``.
    public func write(to path: String, command: String) throws(DatasetError) -> PreparedFacts {
        let output = try PreparedOutput(path, for: reading)
        let table = try SequenceTable(options)
        try table.write(to: output)
        let byteCount = try output.finish(content: table.preparedContent, command: command)
        let ofNoNumbers = table.texts.count > 0 ? "texts" : "sets of labels"
        let content = table.featureNames.isEmpty ? ofNoNumbers : "\(counted(table.width, "number")) a time step"
        return PreparedFacts(
            sourceByteCount: output.sourceByteCount, byteCount: byteCount, description: "\(counted(table.rowCount, "sequence")), \(content)")
    }
}

/// Names of the sections.
private enum Section {
    static let (numbers, texts, starts) = ("numbers", "texts", "starts")
    static let (lines, columns) = ("lines", "columns")
    /// Of all rows one after the other: see ``TargetCode``. Labels are indices into the list of labels.
    static let (targets, targetNumbers, labels) = ("targets", "targetNumbers", "labels")
    static let (names, divisions) = ("names", "divisions")
}

/// What a row's target begins with among the targets' integers.
private enum TargetCode {
    static let missing = 0
    /// A label.
    static let name = 1
    /// How many labels, and these.
    static let names = 2
    /// How many sets, and of each how many labels, and these.
    static let sets = 3
    /// How many numbers, which are in a section of their own.
    static let numbers = 4
}

extension SequenceTable {
    fileprivate var preparedContent: JSONValue {
        let areArrays = fileEnds.indices.map { place in
            let first = positions[place == 0 ? 0 : fileEnds[place - 1]]
            if case .array = first.place { return true } else { return false }
        }
        let members: [(String, JSONValue)] = [
            ("features", .list(featureNames.map(JSONValue.text))), ("targetNames", .list(targetNames.map(JSONValue.text))),
            ("ends", .list(fileEnds.map(JSONValue.integer))), ("arrays", .list(areArrays.map(JSONValue.bool))),
        ] + (copies.isEmpty ? [] : [("copies", .list(copies.map(JSONValue.integer)))])
        return JSONValue(.object(members.map { JSONMember(key: $0.0, value: $0.1) }))
    }

    fileprivate func write(to output: PreparedOutput) throws(DatasetError) {
        try output.append(numbers, named: Section.numbers)
        try output.append(texts, named: Section.texts)
        try output.append(StoredNumbers(starts), named: Section.starts)
        try output.append(StoredNumbers(positions.map(\.place.first)), named: Section.lines)
        try output.append(StoredNumbers(positions.map(\.place.second)), named: Section.columns)
        var (codes, ownNumbers, labels): ([Int], [Double], [String]) = ([], [], [])
        var places: [String: Int] = [:]
        func label(_ text: String) -> Int {
            if let place = places[text] { return place }
            places[text] = labels.count
            labels.append(text)
            return labels.count - 1
        }
        for target in targets {
            switch target {
            case .missing: codes.append(TargetCode.missing)
            case .name(let name): codes += [TargetCode.name, label(name)]
            case .names(let names): codes += [TargetCode.names, names.count] + names.map(label)
            case .sets(let sets): codes += [TargetCode.sets, sets.count] + sets.flatMap { [$0.count] + $0.map(label) }
            case .numbers(let numbers):
                codes += [TargetCode.numbers, numbers.count]
                ownNumbers += numbers
            }
        }
        try output.append(StoredNumbers(codes), named: Section.targets)
        try output.append(StoredNumbers(ownNumbers), named: Section.targetNumbers)
        try output.append(texts: labels, named: Section.labels)
        try output.append(texts: names, named: Section.names)
        try output.append(texts: divisions.contains { !$0.isEmpty } ? divisions : [], named: Section.divisions)
    }

    /// What ``SequencePreparation`` wrote to `path`: the numbers and texts are mapped.
    /// - Throws: ``DatasetError/stalePrepared(path:change:command:)``, or ``DatasetError/unusableFile(path:reason:)`` for a damaged form.
    init(prepared path: String, reading: PreparedReading, _ options: SequenceOptions) throws(DatasetError) {
        let form = try PreparedForm(path, for: reading)
        let reader = form.reader
        let hasCopies = form.content["copies"] != nil
        let members = try reader.members(of: form.content, named: ["features", "targetNames", "ends", "arrays"] + (hasCopies ? ["copies"] : []))
        let copies = hasCopies ? try reader.counts(members[4]) : []
        let (features, ends) = (try reader.texts(members[0]), try reader.counts(members[2]))
        var areArrays: [Bool] = []
        for value in members[3].arrayValue ?? [] { areArrays.append(try reader.flag(value)) }
        let (starts, lines, columns) = (
            try form.section(Section.starts, of: Int.self), try form.section(Section.lines, of: Int.self), try form.section(Section.columns, of: Int.self)
        )
        let (numbers, texts) = (try form.section(Section.numbers, of: Double.self), try form.section(Section.texts, of: UInt8.self))
        let files = options.allFiles
        guard ends.count == files.count, areArrays.count == files.count, zip([0] + ends, ends).allSatisfy({ $0 < $1 }), let fileRowCount = ends.last,
            case let rowCount = fileRowCount + copies.count, copies.allSatisfy({ $0 < fileRowCount }), lines.count == rowCount, columns.count == rowCount, starts.count == rowCount + 1
        else { throw form.damaged("its files' ends aren't those of its sequences") }
        let ownStarts = starts[0..<starts.count]
        let (width, count) = (max(1, features.count), features.isEmpty ? texts.count : numbers.count)
        // Sets of labels have neither numbers nor texts.
        let least = features.isEmpty ? 0 : 1
        guard ownStarts.first == 0, ownStarts.last == count,
            zip(ownStarts, ownStarts.dropFirst()).allSatisfy({ $0 <= $1 && $1 - $0 >= least && $1 % width == 0 })
        else { throw form.damaged("its sequences don't follow each other") }
        let (ownLines, ownColumns) = (lines[0..<rowCount], columns[0..<rowCount])
        var positions: [Position] = []
        positions.reserveCapacity(rowCount)
        for (file, end) in ends.enumerated() {
            for row in positions.count..<end {
                let place: Position.Place = areArrays[file] ? .array(index: ownLines[row]) : .text(line: ownLines[row], column: ownColumns[row])
                positions.append(Position(path: files[file], place: place))
            }
        }
        for copy in copies { positions.append(positions[copy]) }
        let targets = try Self.targets(form, rowCount: rowCount)
        let (names, divisions) = (try form.texts(Section.names), try form.texts(Section.divisions))
        guard [0, rowCount].contains(names.count), [0, rowCount].contains(divisions.count) else {
            throw form.damaged("it hasn't the names and parts of all sequences")
        }
        self.init(
            targets: targets, positions: positions, numbers: numbers, texts: texts, starts: ownStarts, featureNames: features,
            targetNames: try reader.texts(members[1]), names: names, divisions: divisions.isEmpty ? Array(repeating: "", count: rowCount) : divisions,
            fileEnds: ends, copies: copies)
        // What was read of a damaged block is 0.
        if let fault = form.file.fault { throw DatasetError(ofPrepared: fault, path: path) }
    }

    private static func targets(_ form: PreparedForm, rowCount: Int) throws(DatasetError) -> [RowTarget] {
        let labels = try form.texts(Section.labels)
        let (section, numberSection) = (try form.section(Section.targets, of: Int.self), try form.section(Section.targetNumbers, of: Double.self))
        let (codes, numbers) = (section[0..<section.count], numberSection[0..<numberSection.count])
        let fault = "it hasn't a target of each sequence"
        var (place, numberPlace) = (0, 0)
        /// The next integer, of at most so many.
        func next(atMost limit: Int) throws(DatasetError) -> Int {
            guard place < codes.count, limit >= 0, (0...limit).contains(codes[place]) else { throw form.damaged(fault) }
            place += 1
            return codes[place - 1]
        }
        func label() throws(DatasetError) -> String { labels[try next(atMost: labels.count - 1)] }
        func list() throws(DatasetError) -> [String] {
            var list: [String] = []
            for _ in 0..<(try next(atMost: codes.count - place)) { list.append(try label()) }
            return list
        }
        var targets: [RowTarget] = []
        targets.reserveCapacity(rowCount)
        for _ in 0..<rowCount {
            switch try next(atMost: TargetCode.numbers) {
            case TargetCode.missing: targets.append(.missing)
            case TargetCode.name: targets.append(.name(try label()))
            case TargetCode.names: targets.append(.names(try list()))
            case TargetCode.sets:
                var sets: [[String]] = []
                for _ in 0..<(try next(atMost: codes.count - place)) { sets.append(try list()) }
                targets.append(.sets(sets))
            default:
                let count = try next(atMost: numbers.count - numberPlace)
                targets.append(.numbers(Array(numbers[numberPlace..<numberPlace + count])))
                numberPlace += count
            }
        }
        guard place == codes.count, numberPlace == numbers.count else { throw form.damaged(fault) }
        return targets
    }
}

extension SequenceTable.Position.Place {
    /// Line, or index.
    fileprivate var first: Int {
        switch self {
        case .text(let line, _): line
        case .array(let index): index
        }
    }

    /// Column, or 0.
    fileprivate var second: Int { if case .text(_, let column) = self { column } else { 0 } }
}

extension PreparedOutput {
    /// Numbers written at a time.
    private static let pieceCount = 1 << 20

    /// Writes a section.
    func append<Element: SectionElement>(_ values: StoredNumbers<Element>, named name: String) throws(DatasetError) {
        try begin(name, of: Element.self)
        var first = 0
        while first < values.count {
            let end = min(values.count, first + Self.pieceCount)
            try append(values[first..<end])
            first = end
        }
    }

    /// Writes texts as two sections: their bytes, and where each ends.
    fileprivate func append(texts: [String], named name: String) throws(DatasetError) {
        var ends: [Int] = []
        for text in texts { ends.append((ends.last ?? 0) + text.utf8.count) }
        try append(StoredNumbers(texts.flatMap(\.utf8)), named: name)
        try append(StoredNumbers(ends), named: name + "Ends")
    }
}

extension PreparedForm {
    /// What ``PreparedOutput/append(texts:named:)`` wrote.
    fileprivate func texts(_ name: String) throws(DatasetError) -> [String] {
        let (bytes, ends) = (try section(name, of: UInt8.self), try section(name + "Ends", of: Int.self))
        var (texts, start): ([String], Int) = ([], 0)
        for end in ends[0..<ends.count] {
            guard start <= end, end <= bytes.count, let text = String(validating: bytes[start..<end], as: UTF8.self) else {
                throw damaged("its section '\(name)' hasn't texts in UTF-8")
            }
            texts.append(text)
            start = end
        }
        return texts
    }
}

extension StoredJSON {
    /// A list of numbers of at least 0.
    fileprivate func counts(_ list: JSONValue) throws(DatasetError) -> [Int] {
        var counts: [Int] = []
        for value in list.arrayValue ?? [] { counts.append(try count(value)) }
        return counts
    }
}
