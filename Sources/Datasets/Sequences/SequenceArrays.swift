import Files
import NumberText
import StrictJSON

/// A NumPy archive (.npz) of labelled sequences: `X`, numbers [sequence, time, feature] or [sequence, time]; `y`, the classes [sequence] or, of each
/// time step, [sequence, time], integers or texts;
/// and `lengths` [sequence], the valid time steps of each, where they differ. `data.columns` and `data.label` give X and y other names; `data.text` names an
/// array of texts [sequence] in the place of X.
struct SequenceArrays: SequenceReader {
    let path: String
    let options: SequenceOptions

    private static let lengthsName = "lengths"

    private var labelName: String { (options.target.isOfNumbers ? options.targets.first : options.label).flatMap { $0.isEmpty ? nil : $0 } ?? "y" }

    func read(into table: inout SequenceTable) throws(DatasetError) {
        guard options.columns.count <= 1 else {
            throw .optionOutOfRange(
                key: "data.columns", found: "\(options.columns.count) names", wanted: "the name of one array of \(fileName(path)), or left out for X")
        }
        let archive = try read { () throws(FileError) in try NumpyArchiveReader.open(path) }
        let hasClasses = options.needsLabel || archive.names.contains(labelName)
        let targets = !hasClasses ? nil : try options.target.isOfNumbers ? numbers(array(labelName, of: archive)) : classes(array(labelName, of: archive))
        let width = targets?.width ?? 0
        try table.setTargetNames(width == 1 ? [labelName] : (0..<width).map { "\(labelName) \($0 + 1)" })
        if options.text.isEmpty { try addNumbers(of: archive, targets, to: &table) } else { try addTexts(of: archive, targets, to: &table) }
    }

    /// What an archive's array y has, by its shape and type.
    static func target(ofFile path: String) throws(DatasetError) -> SequenceTargetKind {
        let reader = SequenceArrays(path: path, options: SequenceOptions(files: [path], label: "", split: .evaluatedWhole))
        let archive = try reader.read { () throws(FileError) in try NumpyArchiveReader.open(path) }
        let array = try reader.array(reader.labelName, of: archive)
        let isEveryStep = array.shape.count > 1
        // Classes are integers or texts, or integers that are stored as floats.
        let areClasses = !array.type.isNumeric || (try? array.integers(atMost: halfOfMemory)) != nil
        return areClasses ? (isEveryStep ? .classes : .class) : isEveryStep ? .numbersEveryStep : .numbers
    }

    private func addTexts(of archive: NumpyArchiveReader, _ targets: Targets?, to table: inout SequenceTable) throws(DatasetError) {
        let array = try array(options.text, of: archive)
        try require(array.shape, [targets?.count ?? array.elementCount], options.text, "a text a sequence")
        let texts = try read { () throws(FileError) in try array.texts(atMost: halfOfMemory) }
        try table.setFeatureNames([])
        for (place, text) in texts.enumerated() {
            guard !text.isEmpty else { throw fault(options.text, "text \(place) is empty. Leave it out, with its class") }
            table.add(targets?.target(ofSequence: place, length: nil) ?? .missing, index: place, text: text)
        }
    }

    private func addNumbers(of archive: NumpyArchiveReader, _ targets: Targets?, to table: inout SequenceTable) throws(DatasetError) {
        let name = options.columns.first ?? "X"
        let array = try array(name, of: archive)
        let shape = array.shape
        guard shape.count == 2 || shape.count == 3, array.elementCount > 0, shape[0] == targets?.count ?? shape[0] else {
            let count = targets.map { "\($0.count)" } ?? "sequences"
            throw fault(name, "its shape is \(shape), and [\(count), time] or [\(count), time, features] is wanted, none of them 0")
        }
        let (timeCount, width) = (shape[1], shape.count == 3 ? shape[2] : 1)
        let lengths = try lengths(of: archive, count: shape[0], timeCount: timeCount)
        let numbers = try read { () throws(FileError) in try array.doubles(atMost: halfOfMemory) }
        try table.setFeatureNames(width == 1 ? ["value"] : (1...width).map { "\(name) \($0)" })
        for place in 0..<shape[0] {
            let first = place * timeCount * width
            let own = numbers[first..<first + lengths[place] * width]
            if let odd = own.firstIndex(where: { !$0.isFinite && !($0.isNaN && options.allowsMissing) }) {
                let (time, feature) = ((odd - first) / width, (odd - first) % width)
                throw fault(
                    name, "sequence \(place) has \(numbers[odd]) at time step \(time), feature \(feature), counted from 0. "
                        + (numbers[odd].isNaN ? options.gapAdvice(leaving: "the sequence") : "Fix it, or leave the sequence out"))
            }
            table.add(targets?.target(ofSequence: place, length: lengths[place]) ?? .missing, index: place, numbers: own)
        }
    }

    /// The classes of all sequences, or of all their time steps.
    private struct Targets {
        let count: Int
        /// Of a sequence, with padding; nil for a text a sequence.
        let stepCount: Int?
        var texts: [String] = []
        /// In the place of texts, `[sequences, (time,) width]`.
        var numbers: [Double] = []
        /// Numbers of a sequence or a time step; 0 for texts.
        var width = 0
        let options: SequenceOptions

        /// - Parameter length: the sequence's time steps; nil for all that aren't empty texts.
        func target(ofSequence place: Int, length: Int?) -> RowTarget {
            guard width == 0 else {
                let all = (stepCount ?? 1) * width
                return .numbers(Array(numbers[place * all..<place * all + (stepCount.map { min($0, length ?? $0) } ?? 1) * width]))
            }
            guard let stepCount else {
                return options.target == .transcript ? .names(options.transcriptUnit.symbols(of: texts[place])) : options.target(texts[place])
            }
            let own = texts[place * stepCount..<place * stepCount + min(stepCount, length ?? stepCount)]
            return .names(length == nil ? own.filter { !$0.isEmpty } : Array(own))
        }
    }

    /// Numbers of each sequence, `[sequences]` or `[sequences, outputs]`, or of each time step, `[sequences, time]` or `[sequences, time, outputs]`.
    private func numbers(_ array: NumpyReader) throws(DatasetError) -> Targets {
        let (shape, isEveryStep) = (array.shape, options.target == .numbersEveryStep)
        let stepAxes = isEveryStep ? 2 : 1
        guard shape.count == stepAxes || shape.count == stepAxes + 1, shape.last != 0 else {
            let wanted = isEveryStep ? "[sequences, time] or [sequences, time, outputs]" : "[sequences] or [sequences, outputs]"
            throw fault(labelName, "its shape is \(shape), and \(wanted) is wanted")
        }
        let values = try read { () throws(FileError) in try array.doubles(atMost: halfOfMemory) }
        if let odd = values.firstIndex(where: { !$0.isFinite }) {
            throw fault(labelName, "element \(odd) is \(values[odd]). Fill it in, or leave the sequence out")
        }
        return Targets(
            count: shape[0], stepCount: isEveryStep ? shape[1] : nil, numbers: values, width: shape.count == stepAxes ? 1 : shape[stepAxes], options: options)
    }

    /// A class a sequence `[sequences]`, or a class a time step `[sequences, time]`: integers, or texts. A text may also have the classes of all time steps.
    private func classes(_ array: NumpyReader) throws(DatasetError) -> Targets {
        let isEveryStep = options.target == .classes
        guard array.shape.count == 1 || isEveryStep && array.shape.count == 2 else {
            guard options.target != .transcript else { throw fault(labelName, "its shape is \(array.shape), and a text a sequence is wanted: [sequences]") }
            let wanted = isEveryStep ? "a class a time step is wanted: [sequences, time]" : "a class a sequence is wanted: [sequences]"
            throw fault(labelName, "its shape is \(array.shape), and \(wanted). Of one-hot classes take .argmax(\(isEveryStep ? -1 : 1))")
        }
        guard options.target != .transcript || !array.type.isNumeric else { throw fault(labelName, "it has numbers, and a text a sequence is wanted: its transcript") }
        let texts = try read { () throws(FileError) in
            array.type.isNumeric ? try array.integers(atMost: halfOfMemory).map(String.init) : try array.texts(atMost: halfOfMemory).map(\.trimmed)
        }
        let targets = Targets(count: array.shape[0], stepCount: array.shape.count == 2 ? array.shape[1] : nil, texts: texts, options: options)
        if options.needsLabel, options.target != .transcript, targets.stepCount == nil, let place = texts.firstIndex(of: "") {
            throw fault(labelName, "sequence \(place) has no class. Give it one, or leave it out")
        }
        return targets
    }

    /// Time steps of each sequence.
    private func lengths(of archive: NumpyArchiveReader, count: Int, timeCount: Int) throws(DatasetError) -> [Int] {
        guard archive.names.contains(Self.lengthsName) else { return Array(repeating: timeCount, count: count) }
        let array = try array(Self.lengthsName, of: archive)
        try require(array.shape, [count], Self.lengthsName, "the time steps of each sequence")
        let lengths = try read { () throws(FileError) in try array.integers(atMost: halfOfMemory) }
        if let place = lengths.firstIndex(where: { !(1...Int64(timeCount)).contains($0) }) {
            throw fault(
                Self.lengthsName, "sequence \(place) has the length \(lengths[place]); from 1 to \(timeCount) is possible. Fix it, or leave the sequence out")
        }
        return lengths.map(Int.init)
    }

    private func require(_ shape: [Int], _ wanted: [Int], _ name: String, _ words: String) throws(DatasetError) {
        guard shape == wanted else { throw fault(name, "its shape is \(shape), and \(wanted) is wanted: \(words)") }
    }

    private func array(_ name: String, of archive: NumpyArchiveReader) throws(DatasetError) -> NumpyReader {
        try read { () throws(FileError) in try archive.array(named: name) }
    }

    private func read<Result>(_ body: () throws(FileError) -> Result) throws(DatasetError) -> Result {
        do throws(FileError) { return try body() } catch { throw DatasetError(error, path: path) }
    }

    private func fault(_ name: String, _ reason: String) -> DatasetError {
        .unusableFile(path: "\(path), array '\(JSONValue.printable(name, scalarCount: 40))'", reason: reason + ".")
    }
}
