import ArgumentParser
import Datasets
import Files
import Foundation
import ShellText

/// The data files for which a configuration is written.
struct InitSources {
    let files: [String]

    /// Rejects invalid files before anything is written.
    /// - Parameter output: path of the configuration.
    func validate(output: String) throws {
        for file in files {
            if Self.isConfiguration(file) {
                throw ValidationError("\(file) is a configuration already. Train with it: lstm-train \(file.shellPath)")
            }
            // Even with --force, a data file is never overwritten.
            if let identity = FileSystem().identity(file), identity == FileSystem().identity(output) {
                throw ValidationError("the configuration would replace \(file), the file to learn from. Choose another --output.")
            }
        }
    }

    /// - Throws: ``DatasetError/unreadableFile(path:reason:)`` for a file that can't be read a second time, by training.
    func checkKinds() throws {
        for file in files {
            let type = (try? FileManager.default.attributesOfItem(atPath: URL(filePath: file).resolvingSymlinksInPath().path))?[.type] as? FileAttributeType
            guard let type, type != .typeRegular, type != .typeDirectory else { continue }
            throw DatasetError.unreadableFile(path: file, reason: "it is not a plain file, and training would read it again. Write it to a file first")
        }
    }

    /// A JSON object with this program's section "data".
    private static func isConfiguration(_ file: String) -> Bool {
        guard file.lowercased().hasSuffix(".json"), let bytes = try? Data(contentsOf: URL(filePath: file)), bytes.count < 1 << 20 else { return false }
        let object = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any]
        return object?["data"] is [String: Any]
    }
}
