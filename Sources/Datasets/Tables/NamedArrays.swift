import Files
import StrictJSON

/// The arrays of a .npy or .npz file with their names, whose elements are still in the file.
struct NamedArrays {
    struct Item {
        /// Empty in a .npy file.
        let name: String
        let reader: NumpyReader

        var shown: String { JSONValue.printable(name, scalarCount: 40) }
    }

    let path: String
    /// In the order in which they were saved.
    let arrays: [Item]
    /// Names of those without a dimension.
    let leftOut: [String]

    init(path: String, arrays: [Item], leftOut: [String]) { (self.path, self.arrays, self.leftOut) = (path, arrays, leftOut) }

    init(path: String, isArchive: Bool) throws(DatasetError) {
        self.path = path
        do throws(FileError) {
            guard isArchive else {
                arrays = [Item(name: "", reader: try NumpyReader.open(path))]
                leftOut = []
                return
            }
            let archive = try NumpyArchiveReader.open(path)
            var all: [Item] = []
            for name in archive.names { all.append(Item(name: name, reader: try archive.array(named: name))) }
            arrays = all.filter { !$0.reader.shape.isEmpty }
            leftOut = all.filter { $0.reader.shape.isEmpty }.map(\.name)
        } catch {
            throw DatasetError(error, path: path)
        }
        guard !arrays.isEmpty else { throw .unusableFile(path: path, reason: "it has no array. Save some with numpy.savez(path, name=array).") }
    }

    func fault(_ array: Item, _ reason: String) -> DatasetError {
        .unusableFile(path: array.name.isEmpty ? path : "\(path), array '\(array.shown)'", reason: reason + ".")
    }

    /// The series' names: those in the array `name`, or 1, 2, ….
    func names(_ name: String, count: Int, memory: inout Int) throws(DatasetError) -> [String] {
        guard let array = arrays.first(where: { $0.name == name }) else { return (1...max(1, count)).map(String.init) }
        guard array.reader.shape.count == 1 else { throw fault(array, "its shape is \(array.reader.shape), and a name for each series is wanted: [\(count)]") }
        let names: [String]
        switch try ArrayValues(array, of: self, memory: &memory) {
        case .texts(let texts): names = texts.map(\.trimmed)
        case .integers(let integers): names = integers.map(String.init)
        case .numbers: throw fault(array, "it has floats, and the names of series are texts or integers")
        }
        var seen: Set<String> = []
        if let twin = names.firstIndex(where: { $0.isEmpty || !seen.insert($0).inserted }) {
            throw fault(array, "element \(twin) is \(names[twin].isEmpty ? "empty" : "a name that an earlier series has"). Give each series a name of its own")
        }
        return names
    }

    /// The valid time steps of each series: those in the array `name`, or all.
    func lengths(_ name: String, _ form: ArrayForm, memory: inout Int) throws(DatasetError) -> [Int] {
        guard let array = arrays.first(where: { $0.name == name }) else { return Array(repeating: form.timeCount, count: form.seriesCount) }
        guard array.reader.shape.count == 1, case .integers(let lengths) = try ArrayValues(array, of: self, memory: &memory) else {
            throw fault(array, "an integer for each series is wanted")
        }
        if let place = lengths.firstIndex(where: { !(0...Int64(form.timeCount)).contains($0) }) {
            throw fault(array, "series \(place), counted from 0, has the length \(lengths[place]); up to \(form.timeCount) is possible. Fix it")
        }
        return lengths.map(Int.init)
    }
}

/// The elements of an array.
enum ArrayValues {
    case numbers([Double])
    case integers([Int64])
    case texts([String])

    /// - Parameter memory: bytes that may still be taken, of which the elements' are subtracted.
    init(_ array: NamedArrays.Item, of file: NamedArrays, memory: inout Int) throws(DatasetError) {
        let reader = array.reader
        do throws(FileError) {
            switch reader.type.kind {
            case .float: self = .numbers(try reader.doubles(atMost: memory))
            case .boolean, .signed, .unsigned: self = .integers(try reader.integers(atMost: memory))
            case .unicode, .bytes: self = .texts(try reader.texts(atMost: memory))
            }
        } catch {
            throw DatasetError(error, path: file.path)
        }
        memory = max(0, memory - reader.elementCount * max(8, reader.type.byteCount))
    }
}

/// An array's columns: the names, and the elements.
struct ArrayColumns {
    let names: [String]
    private let values: ArrayValues
    private let seriesStride: Int
    private let timeStride: Int

    init(_ array: NamedArrays.Item, _ form: ArrayForm, path: String, memory: inout Int) throws(DatasetError) {
        let shape = array.reader.shape
        let dimensions = form.isBySeries ? 2 : 1
        let width = shape.count > dimensions ? shape[dimensions] : 1
        if array.name.isEmpty {
            names = (0..<width).map { "column\($0 + 1)" }
        } else {
            names = width == 1 ? [array.name] : (0..<width).map { "\(array.name) \($0 + 1)" }
        }
        guard width <= NumberTable.largestColumnCount else {
            throw .unusableFile(path: path, reason: "an array has \(width) columns; at most \(NumberTable.largestColumnCount) are read.")
        }
        timeStride = shape.count < dimensions ? 0 : width
        seriesStride = !form.isBySeries ? 0 : shape.count == 1 ? 1 : form.timeCount * width
        values = try ArrayValues(array, of: NamedArrays(path: path, arrays: [array], leftOut: []), memory: &memory)
    }

    /// Whether it is a single column without two equal values.
    var areAllDifferent: Bool {
        switch values {
        case .texts(let texts): Set(texts).count == texts.count
        case .integers(let integers): Set(integers).count == integers.count
        case .numbers: false
        }
    }

    /// An element as a table's field.
    func text(series: Int, time: Int, column: Int) -> String {
        let place = series * seriesStride + time * timeStride + column
        switch values {
        case .texts(let texts): return texts[place]
        case .integers(let integers): return String(integers[place])
        case .numbers(let numbers):
            let value = numbers[place]
            return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
        }
    }
}
