import StrictJSON

extension Configuration {
    /// The configuration in the file at `path`, changed by `overrides` ("model.hidden=256").
    /// - Throws: ``ConfigurationError`` if the file can't be read, is another one, is no JSON, or with all that is wrong in it and in the overrides.
    public static func load(path: String, overrides: [String] = []) throws(ConfigurationError) -> Configuration {
        let bytes = try configurationBytes(at: path)
        if let mistaken = MistakenFile(path: path, bytes: bytes) { throw .mistakenFile(path: path, mistaken) }
        return try parse(bytes, name: path, overrides: overrides)
    }

    /// The configuration that `bytes` hold, changed by `overrides`.
    /// - Parameter name: stands for the file in messages.
    /// - Throws: ``ConfigurationError`` at the first place that is no JSON, or with all that is wrong besides.
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

/// Bytes of a configuration file that are read at most: such a file has a few hundred.
let configurationByteLimit = 1 << 20
