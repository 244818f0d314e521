/// One way for the file of a NumPy array to be wrong, or beyond what is read here. Positions are indices of an element, one for each dimension.
public enum NumpyFault: Error, Equatable, Sendable {
    case notNumpy
    case versionUnsupported(major: Int, minor: Int)
    case endsInHeader
    case headerTooLong(found: Int, limit: Int)
    case headerMalformed(offset: Int, found: String, wanted: String)
    case keyMissing(key: String)
    case keyTwice(key: String)
    case keyUnknown(key: String)
    case objects
    case structured
    case typeUnsupported(code: String, kind: String, advice: String)
    case typeUnknown(code: String)
    case tooManyDimensions(limit: Int)
    case sizeImpossible(found: String)
    case shapeOverflows(shape: [Int])
    /// In bytes.
    case sizeDiffers(found: Int, wanted: Int, shape: [Int], code: String)
    /// Bytes of memory.
    case tooLarge(found: Int, limit: Int, shape: [Int])
    case notNumbers(code: String)
    case notTexts(code: String)
    case notBoolean(position: [Int], found: String)
    case notExact(position: [Int], found: String, wanted: String)
    case textMalformed(position: [Int], code: String)
    case noSuchArray(name: String, names: [String])
}

extension NumpyFault: CustomStringConvertible {
    /// A sentence, safe to print whatever the file has in it.
    public var description: String { sentence.printable }

    private var sentence: String {
        switch self {
        case .notNumpy:
            "it is not a NumPy array (.npy). Save it with numpy.save, or several with numpy.savez."
        case .versionUnsupported(let major, let minor):
            "its format is version \(major).\(minor) of NumPy's; 1.0, 2.0 and 3.0 are read. Save it with numpy.save."
        case .endsInHeader:
            "the file ends within its header. It was cut off: copy it or save it again."
        case .headerTooLong(let found, let limit):
            "its header claims \(found) bytes; at most \(limit) are read. Save it again with numpy.save."
        case .headerMalformed(let offset, let found, let wanted):
            "its header has '\(found)' at byte \(offset), where \(wanted) is wanted. Save it again with numpy.save."
        case .keyMissing(let key):
            "its header lacks '\(key)'. Save it again with numpy.save."
        case .keyTwice(let key):
            "its header has '\(key)' twice. Save it again with numpy.save."
        case .keyUnknown(let key):
            "its header has '\(key)'; only 'descr', 'fortran_order' and 'shape' are allowed. Save it again with numpy.save."
        case .objects:
            "it has dtype object: Python objects as a pickle, which only Python reads. Save numbers, np.array(list, dtype='float32'), texts as .astype('U'), "
                + "and rows of several lengths padded to one, with an array of their lengths."
        case .structured:
            "it is a structured array, whose elements have fields. Save each field as an array: np.savez('data.npz', x=array['x'])."
        case .typeUnsupported(let code, let kind, let advice):
            "its dtype '\(code)' is of \(kind), which aren't read. \(advice)."
        case .typeUnknown(let code):
            "its dtype '\(code)' isn't read; bool, int8 to int64, uint8 to uint64, float16 to float64, and texts (U, S) are. Save array.astype('float32')."
        case .tooManyDimensions(let limit):
            "it has more than \(limit) dimensions. Save array.reshape(…) with fewer."
        case .sizeImpossible(let found):
            "its shape has a size of \(found), which no array has. Save it again with numpy.save."
        case .shapeOverflows(let shape):
            "its shape \(shape) is of more bytes than a 64-bit integer holds. Save it again with numpy.save."
        case .sizeDiffers(let found, let wanted, let shape, let code):
            found < wanted
                ? "\(found) bytes follow its header; shape \(shape) of dtype '\(code)' wants \(wanted). It was cut off: copy it or save it again."
                : "\(found) bytes follow its header; shape \(shape) of dtype '\(code)' wants \(wanted). Save one array in a file, or several with numpy.savez."
        case .tooLarge(let found, let limit, let shape):
            "its values, of shape \(shape), take \(found) bytes of memory; at most \(limit) may be taken. Give fewer, or use a machine with more memory."
        case .notNumbers(let code):
            "it has texts (dtype '\(code)') where numbers are wanted. Save array.astype('float32')."
        case .notTexts(let code):
            "it has numbers (dtype '\(code)') where texts are wanted. Save array.astype('U')."
        case .notBoolean(let position, let found):
            "element \(position) is a bool of \(found); only 0 and 1 are. Save it again with numpy.save."
        case .notExact(let position, let found, let wanted):
            "element \(position) is \(found), which \(wanted) can't represent. Scale or renumber the values, or save them in another dtype."
        case .textMalformed(let position, let code):
            code.contains("S")
                ? "element \(position) is bytes that aren't UTF-8. Save np.char.decode(array, 'latin-1'), or with the encoding that they have."
                : "element \(position) has a code point that isn't Unicode. Save it again with numpy.save."
        case .noSuchArray(let name, let names):
            "it has no array '\(name)'; it has \(names.isEmpty ? "none" : names.prefix(10).map { "'\($0)'" }.joined(separator: ", "))"
                + (names.count > 10 ? " and \(names.count - 10) more." : ". Save it with np.savez(path, \(name)=array).")
        }
    }
}
