import Checkpoints
import Foundation

/// Why a file can't be read or written, without a full stop, so that a sentence may go on behind it: the system's words where there are any.
public func systemReason(of error: any Error) -> String {
    if let error = error as? CheckpointError {
        if case .system(_, _, let code) = error { return String(cString: strerror(code)) }
        return withoutFullStop(error.description)
    }
    var innermost = error as NSError
    while let underlying = innermost.userInfo[NSUnderlyingErrorKey] as? NSError { innermost = underlying }
    if innermost.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(innermost.code))) }
    if innermost.domain == NSCocoaErrorDomain, let code = codes[innermost.code] { return String(cString: strerror(code)) }
    return withoutFullStop(error.localizedDescription)
}

/// The system's code for Foundation's, whose words end in a full stop or say nothing.
private let codes: [Int: Int32] = [4: ENOENT, 260: ENOENT, 257: EACCES, 513: EACCES, 516: EEXIST, 640: ENOSPC, 642: EROFS, 514: EINVAL]

private func withoutFullStop(_ words: String) -> String { words.hasSuffix(".") ? String(words.dropLast()) : words }
