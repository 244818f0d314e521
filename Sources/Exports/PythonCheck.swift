import Configuration
import Foundation
import Training

/// Runs an export's `verify.py` with a Python on this machine.
public struct PythonCheck {
    let python: String

    /// - Parameter python: its path or name; nil for the value of LSTM_TRAIN_PYTHON, or else `python3`.
    public init(python: String?) {
        self.python = python ?? ProcessInfo.processInfo.environment["LSTM_TRAIN_PYTHON"] ?? "python3"
    }

    /// Runs the exported model with its own library.
    /// - Returns: the output of `verify.py`, with the largest difference.
    /// - Throws: ``ExportError`` if Python doesn't exist, it lacks a library, or the outputs differ.
    public func verify(_ export: WrittenExport) throws(ExportError) -> String {
        let (code, words) = try run(["verify.py"], in: export.path)
        switch code {
        case 0: return words
        case VerificationScript.missingLibraryCode:
            throw .noLibrary(python: python, library: Self.library(in: words), packages: export.format.packages)
        default: throw .verificationFailed(path: export.path, words: words)
        }
    }

    /// The missing library, from the last line; warnings may precede it.
    private static func library(in words: String) -> String {
        words.split(separator: "\n").last?.split(separator: " ").first.map(String.init) ?? "library"
    }

    /// The command for the export's folder: a path is made absolute, a name is searched on PATH.
    private static func command(_ python: String) -> String {
        python.contains("/") && !python.hasPrefix("/") ? FileManager.default.currentDirectoryPath + "/" + python : python
    }

    /// Runs the command to its end. - Returns: its exit code and its whole output, without the last line feed.
    private func run(_ arguments: [String], in folder: String) throws(ExportError) -> (code: Int32, words: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [Self.command(python)] + arguments
        process.currentDirectoryURL = URL(filePath: folder, directoryHint: .isDirectory)
        // Prevents bytecode files in the export.
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        do {
            try process.run()
            let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            // env exits with 126 or 127 if it can't start the command.
            let words = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
            if code == 126 || code == 127 { throw ExportError.noPython(python: python, reason: words) }
            return (code, words)
        } catch let error as ExportError {
            throw error
        } catch {
            throw .noPython(python: python, reason: systemReason(of: error))
        }
    }
}
