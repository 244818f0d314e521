import StrictJSON

extension Configuration {
    /// Reads the configuration in the file at `path` and applies `overrides` ("model.hidden=256").
    /// - Throws: ``ConfigurationError`` if the file can't be read, isn't a configuration or isn't JSON; otherwise with all errors in it and in the overrides.
    public static func load(path: String, overrides: [String] = []) throws(ConfigurationError) -> Configuration {
        let bytes = try configurationBytes(at: path)
        if let mistaken = MistakenFile(path: path, bytes: bytes) { throw .mistakenFile(path: path, mistaken) }
        return try parse(bytes, name: path, overrides: overrides)
    }

    /// Parses a configuration and applies `overrides`.
    /// - Parameter name: the file's name in messages.
    /// - Throws: ``ConfigurationError`` at the first JSON syntax error, otherwise with all other errors.
    public static func parse(_ bytes: [UInt8], name: String, overrides: [String] = []) throws(ConfigurationError) -> Configuration {
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
        reader.checkRules(document.position)
        return try reader.result()
    }
}

/// Maximum size of a configuration file in bytes; a typical one has a few hundred.
let configurationByteLimit = 1 << 20
