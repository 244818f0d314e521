import Files
import Kernels

extension FloatView {
    /// SHA-256 of the floats' bytes.
    package func sha256() throws -> String { try withSpan { (span) throws(FileError) in try SHA256.hex(of: span) } }
}
