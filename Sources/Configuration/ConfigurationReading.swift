import Foundation
import StrictJSON

extension Configuration {
    /// Reads the configuration in the file at `path` and applies `overrides` ("model.hidden=256").
    /// - Throws: ``ConfigurationError`` if the file can't be read, isn't a configuration or isn't JSON; otherwise with all errors in it and in the overrides.
    public static func load(path: String, overrides: [String] = []) throws(ConfigurationError) -> Configuration {
        let bytes = try configurationBytes(at: path)
        if let mistaken = MistakenFile(path: path, bytes: bytes) { throw .mistakenFile(path: path, mistaken) }
        return try parse(bytes, name: path, overrides: overrides, isStored: isOfRun(path))
    }

    /// Parses a configuration and applies `overrides`.
    /// - Parameters:
    ///   - name: the file's name in messages.
    ///   - isStored: whether a run stored it. Earlier versions accepted keys without an effect; such a run still resumes.
    /// - Throws: ``ConfigurationError`` at the first JSON syntax error, otherwise with all other errors.
    public static func parse(_ bytes: [UInt8], name: String, overrides: [String] = [], isStored: Bool = false) throws(ConfigurationError) -> Configuration {
        var limits = JSONLimits()
        limits.byteCount = configurationByteLimit
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue.parse(bytes, limits: limits)
        } catch {
            throw .syntax(file: name, error)
        }
        var reader = ConfigurationReader(fileName: name)
        reader.read(document)
        reader.apply(overrides: overrides)
        reader.checkRules(document.position, isStored: isStored)
        return try reader.result()
    }

    /// Whether the file at `path` is a run's own configuration.
    private static func isOfRun(_ path: String) -> Bool {
        let url = URL(filePath: path)
        return url.lastPathComponent == "config.json" && FileManager.default.fileExists(atPath: url.deletingLastPathComponent().appending(path: "checkpoints").path)
    }
}

/// Maximum size of a configuration file in bytes; a typical one has a few hundred.
let configurationByteLimit = 1 << 20
