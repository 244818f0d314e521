import Glibc

/// The result of `call`, repeated while signals interrupt it. Every call to the C library passes through here.
/// - Throws: ``FileError/system(operation:path:code:)`` when it returns less than 0.
func checked<Result: FixedWidthInteger>(_ operation: String, _ path: String, _ call: () -> Result) throws(FileError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw .system(operation: operation, path: path, code: code) }
    }
}
