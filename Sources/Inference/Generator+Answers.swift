import Datasets
import Files

extension Generator {
    /// Bytes of a prompt at most.
    static let largestPromptByteCount = 1 << 20

    /// Continues each line of a file, in order, as soon as it is there.
    /// - Parameters:
    ///   - path: of a file or pipe; nil for standard input.
    ///   - length: number of symbols to write after each line.
    ///   - firstIndex: number of prompts that were answered before, so that each has random numbers of its own.
    ///   - answered: called with each answer; returns whether to read on.
    /// - Returns: number of answers.
    /// - Throws: ``DatasetError`` for a file that can't be read or is empty; ``PredictionError/prompt(path:line:reason:)``.
    public func answerLines(ofFile path: String?, length: Int, firstIndex: Int = 0, answered: (TextAnswer) throws -> Bool) throws -> Int {
        do {
            let count = try visitLines(ofFile: path, length: length, firstIndex: firstIndex, answered: answered)
            guard count > 0 else { throw DatasetError.emptyFile(path: path ?? standardInputName) }
            return count
        } catch let error as FileError {
            throw DatasetError.unreadableFile(path: path ?? standardInputName, reason: error.reason)
        }
    }

    private func visitLines(ofFile path: String?, length: Int, firstIndex: Int, answered: (TextAnswer) throws -> Bool) throws -> Int {
        var lines = try LineReader(ofFile: path)
        var count = 0
        while let line = try lines.next(atMost: Self.largestPromptByteCount) {
            let answer = try answer(to: line, line: count + 1, of: path ?? standardInputName, length: length, index: firstIndex + count)
            count += 1
            guard try answered(answer) else { break }
        }
        return count
    }

    private func answer(to bytes: [UInt8], line: Int, of name: String, length: Int, index: Int) throws -> TextAnswer {
        func refusal(_ reason: String) -> PredictionError { .prompt(path: name, line: line, reason: reason) }
        guard bytes.count <= Self.largestPromptByteCount else {
            throw refusal("the line has more than \(Self.largestPromptByteCount) bytes. Give a shorter prompt: the last symbols matter most.")
        }
        guard line > 1 || !UTF16Text.isMarked(bytes) else { throw refusal("the file is UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8.") }
        let isMarked = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
        guard let prompt = String(validating: bytes.dropFirst(isMarked ? 3 : 0), as: UTF8.self) else {
            throw refusal("the line isn't UTF-8. Convert the file, from Windows-1252, say: iconv -f WINDOWS-1252 -t UTF-8.")
        }
        guard !prompt.isEmpty else { throw refusal("the line is empty; a prompt has at least one symbol. Fill the line, or leave it out.") }
        let tokens: [Int32]
        do throws(DatasetError) { tokens = try vocabulary.encode(prompt, as: reading) } catch { throw refusal("\(error)") }
        guard let last = tokens.last else { throw refusal("the line has no symbol that the model reads. Fill the line, or leave it out.") }
        let text = generate(from: [tokens], length: length, firstIndex: index, isEnd: isComplete)[0]
        let written = vocabulary.decodeBytes(text.dropFirst(tokens.count), after: last)
        return TextAnswer(line: line, prompt: prompt, continuation: String(decoding: written, as: UTF8.self))
    }
}
