import Glibc

/// Why a file can't be read, written or used. `description` is a full sentence.
public enum FileError: Error, Equatable, Sendable {
    /// The operating system refused `operation` on `path` with errno `code`.
    case system(operation: String, path: String, code: Int32)
    /// The system would take the part before a zero byte for the whole path.
    case zeroByteInName(path: String)
    /// A path that should be a plain file isn't one.
    case notAPlainFile(path: String)
    /// A path that must not be a link is one.
    case link(path: String)
    /// libcrypto couldn't hash.
    case hashing(operation: String)
    /// A file ended before the bytes that its own header or manifest promises.
    case endsEarly(path: String, found: Int, wanted: Int)
    case safetensors(path: String, fault: SafetensorsFault)
    case gzip(path: String, fault: GzipFault)
    case zip(path: String, fault: ZipFault)
    case numpy(path: String, fault: NumpyFault)
    case sections(path: String, fault: SectionFileFault)
}

extension FileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "can't \(operation) \(path): \(reason) (errno \(code))."
        case .zeroByteInName(let path):
            "can't open '\(path.printable)': \(reason). Name the file without it."
        case .notAPlainFile(let path):
            "\(path) is not a plain file, and must be one."
        case .link(let path):
            "\(path) is a link, which isn't followed here. Remove it, or name what it leads to."
        case .hashing(let operation):
            "libcrypto failed in \(operation); SHA-256 isn't available on this machine. Check the OpenSSL installation."
        case .endsEarly(let path, let found, let wanted):
            "\(path) ends after \(found) bytes; \(wanted) were wanted. It was cut off or changed while it was read."
        case .safetensors(let path, let fault):
            "\(path): \(fault)"
        case .gzip(let path, let fault):
            "\(path): \(fault)"
        case .zip(let path, let fault):
            "\(path): \(fault)"
        case .numpy(let path, let fault):
            "\(path): \(fault)"
        case .sections(let path, let fault):
            "\(path): \(fault)"
        }
    }
}

extension FileError {
    /// The reason without the path, and without a full stop, for use within a sentence: the system's own words if there are any.
    package var reason: String {
        switch self {
        case .system(_, _, let code): String(cString: strerror(code))
        case .zeroByteInName: "its name contains a zero byte"
        default: description.hasSuffix(".") ? String(description.dropLast()) : description
        }
    }

    /// Whether it says nothing of the file: this process, or the system, has no more descriptors or memory.
    package var isOfThisProcess: Bool {
        if case .system(_, _, let code) = self { [EMFILE, ENFILE, ENOMEM].contains(code) } else { false }
    }
}
