import COpenSSL

/// The SHA-256 of bytes that arrive in pieces, computed by libcrypto, which uses the processor's own instructions where it has them.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// - Throws: ``FileError/hashing(operation:)`` when libcrypto has no memory or no SHA-256.
    public init() throws(FileError) {
        guard let context = EVP_MD_CTX_new() else { throw .hashing(operation: "EVP_MD_CTX_new") }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw .hashing(operation: "EVP_DigestInit_ex")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes `bytes` as the next ones of the message.
    public mutating func update(_ bytes: RawSpan) throws(FileError) {
        // The pointer holds for the call only, and libcrypto keeps none.
        let done = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard done == 1 else { throw .hashing(operation: "EVP_DigestUpdate") }
    }

    /// The hash of all that was taken, 32 bytes.
    package consuming func digest() throws(FileError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var byteCount: UInt32 = 0
        guard EVP_DigestFinal_ex(context, &digest, &byteCount) == 1, byteCount == 32 else {
            throw .hashing(operation: "EVP_DigestFinal_ex")
        }
        return digest
    }

    /// The hash of all that was taken, as 64 lowercase hexadecimal digits.
    public consuming func finish() throws(FileError) -> String {
        let digest = try digest()
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The SHA-256 of the bytes of `values` as they lie in memory (little-endian), in hexadecimal.
    public static func hex(of values: Span<Float>) throws(FileError) -> String {
        try hex(of: values.bytes)
    }

    /// The SHA-256 of `bytes`, in hexadecimal.
    public static func hex(of bytes: [UInt8]) throws(FileError) -> String {
        try hex(of: bytes.span.bytes)
    }

    /// The SHA-256 of `bytes`, in hexadecimal.
    public static func hex(of bytes: RawSpan) throws(FileError) -> String {
        var hash = try SHA256()
        try hash.update(bytes)
        return try hash.finish()
    }

    /// The SHA-256 of the file at `path`, in hexadecimal; reads it in pieces of 1 MiB.
    public static func hex(ofFile path: String) throws(FileError) -> String {
        try OpenFile.reading(path).sha256()
    }
}
