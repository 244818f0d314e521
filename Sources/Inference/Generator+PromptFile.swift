import Datasets

extension Generator {
    /// Encodes the prompt that is a file's whole text. One line end at the file's end isn't part of it, since editors put one there.
    /// - Parameter path: of a file; nil for standard input.
    /// - Throws: ``DatasetError`` for a file that can't be read or is empty; ``PredictionError/promptFile(path:reason:)``.
    public func tokens(ofPromptFile path: String?) throws -> [Int32] {
        let name = path ?? standardInputName
        let bytes = try textBytes(path.map { path throws(DatasetError) in try fileBytes(at: path) } ?? standardInputBytes(), path: name)
        func refusal(_ reason: String) -> PredictionError { .promptFile(path: name, reason: reason) }
        guard !bytes.isEmpty else { throw DatasetError.emptyFile(path: name) }
        guard bytes.count <= Self.largestPromptByteCount else {
            throw refusal("the prompt has more than \(Self.largestPromptByteCount) bytes. Give a shorter one: the last symbols matter most.")
        }
        guard let prompt = String(validating: Self.withoutLastLineEnd(bytes), as: UTF8.self) else {
            throw refusal("the prompt isn't UTF-8. Convert the file, from Windows-1252, say: iconv -f WINDOWS-1252 -t UTF-8.")
        }
        let tokens: [Int32]
        do throws(DatasetError) { tokens = try vocabulary.encode(prompt, as: reading) } catch { throw refusal("\(error)") }
        guard !tokens.isEmpty else { throw refusal("the prompt has no symbol that the model reads. Give at least one.") }
        return tokens
    }

    private static func withoutLastLineEnd(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        guard bytes.last == 0x0A else { return bytes[...] }
        return bytes.dropLast(bytes.dropLast().last == 0x0D ? 2 : 1)
    }
}
