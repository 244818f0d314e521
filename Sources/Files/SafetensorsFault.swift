public import StrictJSON

/// One way for a safetensors file to be wrong. Byte counts and offsets are as found in the file; data offsets count from the data section.
public enum SafetensorsFault: Error, Equatable, Sendable {
    case shorterThanLengthField(byteCount: Int)
    case headerTooLong(found: UInt64, limit: Int)
    case headerBeyondFile(found: Int, available: Int)
    case headerNotJSON(JSONError)
    case headerNotAnObject
    case metadataNotAnObject
    case metadataValueNotText(key: String)
    case metadataKeysAlike(key: String)
    case tensorNotAnObject(tensor: String)
    case fieldMissing(tensor: String, field: String)
    case fieldUnknown(tensor: String, field: String)
    case typeUnknown(tensor: String, found: String)
    case shapeNotSizes(tensor: String, found: String)
    case shapeOverflows(tensor: String, shape: [Int])
    case bitsNotWholeBytes(tensor: String, bitCount: Int)
    case offsetsNotAPair(tensor: String, found: String)
    case offsetsReversed(tensor: String, begin: Int, end: Int)
    case offsetsBeyondData(tensor: String, end: Int, dataByteCount: Int)
    case sizeDiffers(tensor: String, found: Int, wanted: Int)
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    case hole(tensor: String, begin: Int, previousEnd: Int)
    case bytesAfterLastTensor(found: Int, wanted: Int)
    case noSuchTensor(tensor: String)
    case typeUnsupported(tensor: String, found: String, wanted: String)
}

extension SafetensorsFault: CustomStringConvertible {
    /// A sentence, safe to print whatever names the file has in it.
    public var description: String { sentence.printable }

    private var sentence: String {
        switch self {
        case .shorterThanLengthField(let byteCount):
            "the file has \(byteCount) bytes; a safetensors file begins with a header length of 8."
        case .headerTooLong(let found, let limit):
            "the header claims \(found) bytes; at most \(limit) are allowed."
        case .headerBeyondFile(let found, let available):
            "the header claims \(found) bytes; only \(available) follow in the file."
        case .headerNotJSON(let error):
            "the header is not valid JSON: \(error)"
        case .headerNotAnObject:
            "the header is not a JSON object; it must map tensor names to descriptions."
        case .metadataNotAnObject:
            "__metadata__ is not a JSON object; it must map text to text."
        case .metadataValueNotText(let key):
            "__metadata__: the value of '\(key)' is not text."
        case .metadataKeysAlike(let key):
            "__metadata__ has two keys that read '\(key)', in different code; one of them must go."
        case .tensorNotAnObject(let tensor):
            "tensor '\(tensor)' is not described by a JSON object; it needs dtype, shape and data_offsets."
        case .fieldMissing(let tensor, let field):
            "tensor '\(tensor)' has no \(field)."
        case .fieldUnknown(let tensor, let field):
            "tensor '\(tensor)' has a field '\(field)'; only dtype, shape and data_offsets are allowed."
        case .typeUnknown(let tensor, let found):
            "tensor '\(tensor)' has dtype \(found); one of \(ElementType.allCases.map(\.rawValue).joined(separator: ", ")) is wanted."
        case .shapeNotSizes(let tensor, let found):
            "tensor '\(tensor)' has shape \(found); a list of integers, none below 0, is wanted."
        case .shapeOverflows(let tensor, let shape):
            "tensor '\(tensor)' has shape \(shape), whose size in bytes no 64-bit integer holds."
        case .bitsNotWholeBytes(let tensor, let bitCount):
            "tensor '\(tensor)' has \(bitCount) bits, which are no whole bytes."
        case .offsetsNotAPair(let tensor, let found):
            "tensor '\(tensor)' has data_offsets \(found); two integers, begin and end, none below 0, are wanted."
        case .offsetsReversed(let tensor, let begin, let end):
            "tensor '\(tensor)' begins at \(begin) and ends at \(end), before its begin."
        case .offsetsBeyondData(let tensor, let end, let dataByteCount):
            "tensor '\(tensor)' ends at \(end); the data section has \(dataByteCount) bytes."
        case .sizeDiffers(let tensor, let found, let wanted):
            "tensor '\(tensor)' has \(found) bytes by its offsets; its dtype and shape want \(wanted)."
        case .overlap(let tensor, let begin, let previousEnd):
            "tensor '\(tensor)' begins at \(begin), inside the tensor before it, which ends at \(previousEnd)."
        case .hole(let tensor, let begin, let previousEnd):
            "tensor '\(tensor)' begins at \(begin); the bytes from \(previousEnd) on belong to no tensor."
        case .bytesAfterLastTensor(let found, let wanted):
            "the data section has \(found) bytes; its tensors end at \(wanted)."
        case .noSuchTensor(let tensor):
            "there is no tensor '\(tensor)'."
        case .typeUnsupported(let tensor, let found, let wanted):
            "tensor '\(tensor)' has dtype \(found), which this program doesn't read; it must be \(wanted)."
        }
    }
}

extension String {
    /// The text on one line, without controls that a terminal would obey, and cut behind 500 characters: names out of a file may hold anything.
    package var printable: String {
        var text = ""
        for scalar in unicodeScalars.prefix(500) {
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F: text += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return unicodeScalars.count > 500 ? text + "…" : text
    }
}
