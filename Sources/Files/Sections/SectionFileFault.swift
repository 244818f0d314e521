/// What is wrong with a file of sections. `description` is a sentence.
public enum SectionFileFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first bytes are others.
    case foreign
    case version(found: UInt32)
    /// Written by a processor that stores numbers the other way round.
    case byteOrder
    /// The file is shorter or longer than its header says.
    case byteCount(found: Int, wanted: String)
    /// The header or the description isn't what was written. `reason` says where.
    case header(reason: String)
    /// A block of the numbers isn't what was written.
    case block(offset: Int)
    /// The file was made shorter after it was opened.
    case madeShorter(found: Int, wanted: Int)
    /// A number that no writer would have written. `reason` is a clause.
    case content(reason: String)

    public var description: String {
        switch self {
        case .foreign: "it isn't a file that lstm-train prepare wrote."
        case .version(let found): "it has version \(found) of the form, and this program reads version \(SectionFileHeader.version)."
        case .byteOrder: "its numbers are stored in the order of another processor's bytes."
        case .byteCount(let found, let wanted): "it has \(found) bytes, and its header says \(wanted): it was cut off, or written over."
        case .header(let reason): "it is damaged: \(reason)."
        case .block(let offset): "it is damaged: the SHA-256 of the bytes from \(offset) on isn't the one that was stored when it was written."
        case .madeShorter(let found, let wanted): "it was made shorter while it was read: it has \(found) bytes, and had at least \(wanted)."
        case .content(let reason): "it is damaged: \(reason)."
        }
    }
}
