import Files
import Foundation

/// The reason why a file can't be read or written, without a full stop, for use within a sentence: the system's text if there is one.
public func systemReason(of error: any Error) -> String {
    if let error = error as? FileError { return error.reason }
    var innermost = error as NSError
    while let underlying = innermost.userInfo[NSUnderlyingErrorKey] as? NSError { innermost = underlying }
    if innermost.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(innermost.code))) }
    if innermost.domain == NSCocoaErrorDomain, let code = codes[innermost.code] { return String(cString: strerror(code)) }
    return withoutFullStop(error.localizedDescription)
}

/// System codes for Foundation's codes, whose own texts end in a full stop or are uninformative.
private let codes: [Int: Int32] = [4: ENOENT, 260: ENOENT, 257: EACCES, 513: EACCES, 516: EEXIST, 640: ENOSPC, 642: EROFS, 514: EINVAL]

private func withoutFullStop(_ words: String) -> String { words.hasSuffix(".") ? String(words.dropLast()) : words }
