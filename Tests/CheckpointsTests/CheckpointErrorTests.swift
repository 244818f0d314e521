import Checkpoints
import Files
import Foundation
import Testing

@Suite("Errors of files in a run")
struct CheckpointErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let error: FileError
        let words: String
        let exitCode: Int32

        var testDescription: String { words }

        static let all = [
            Case(error: .system(operation: "open", path: "a/b", code: ENOENT), words: "can't open a/b: No such file or directory (errno 2).", exitCode: 74),
            Case(
                error: .system(operation: "make directory", path: "a", code: EACCES),
                words: "can't make directory a: Permission denied (errno 13). Choose another --run-directory.", exitCode: 74),
            Case(
                error: .zeroByteInName(path: "a\u{0}b"), words: "can't open 'a\\u{0}b': its name contains a zero byte. Name the file without it.", exitCode: 74),
            Case(error: .notAPlainFile(path: "a"), words: "a is not a plain file; a file of a run or a checkpoint must be one.", exitCode: 74),
            Case(
                error: .link(path: "a"),
                words: "a is a link; a run writes in its own directory only. Remove it, or name the directory that it leads to as --run-directory.", exitCode: 74),
            Case(
                error: .hashing(operation: "EVP_MD_CTX_new"),
                words: "libcrypto failed in EVP_MD_CTX_new; SHA-256 isn't available on this machine. Check the OpenSSL installation.", exitCode: 70),
            Case(
                error: .endsEarly(path: "a", found: 3, wanted: 8),
                words: "a ends after 3 bytes; 8 were wanted. It was cut off or changed while it was read.", exitCode: 65),
            Case(error: .safetensors(path: "a", fault: .noSuchTensor(tensor: "b")), words: "a: there is no tensor 'b'.", exitCode: 65),
        ]
    }

    @Test("Say what a run's user can do, and have the exit codes of sysexits", arguments: Case.all)
    func words(_ kind: Case) {
        let error = CheckpointError.file(kind.error)
        #expect(error.description == kind.words)
        #expect(error.category.rawValue == kind.exitCode)
    }
}
