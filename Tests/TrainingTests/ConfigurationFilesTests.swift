import Configuration
import Foundation
import StrictJSON
import Testing
import Training

@Suite("Configuration files")
struct ConfigurationFilesTests {
    private var configurationFolder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "configs")
    }

    @Test("every file in configs is accepted by schema and parser, and its resolved configuration reads back the same")
    func published() throws {
        let files = try FileManager.default.contentsOfDirectory(at: configurationFolder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
        #expect(!files.isEmpty)
        for file in files {
            let configuration = try Configuration.load(path: file.path())
            let document = try JSONValue.parse(Array(Data(contentsOf: file)))
            var validator = ConfigurationSchemaValidator()
            let isAccepted = validator.accepts(document, Configuration.schema())
            #expect(isAccepted, "\(file.lastPathComponent)")
            #expect(validator.schemaFaults.isEmpty)
            let resolved = Array(configuration.resolvedJSON().serialized(indented: true).utf8)
            #expect(try Configuration.parse(resolved, name: "resolved") == configuration, "\(file.lastPathComponent)")
        }
    }

    @Test("a file is read with overrides, and messages use its name as given")
    func load() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/run.json"
            try Data(#"{"data": {"kind": "adding"}, "model": {"hidden": 16}}"#.utf8).write(to: URL(filePath: path))
            let configuration = try Configuration.load(path: path, overrides: ["model.layers=2"])
            #expect(configuration.model.hidden == 16 && configuration.model.layers == .alike(2))
            try Data(#"{"data": {"kind": "adding"}, "model": {"hidden": 0}}"#.utf8).write(to: URL(filePath: path))
            expectLoadError(path, "\(path):1:50: model.hidden is 0; it must be an integer from 1 to 65536.")
            try Data("{".utf8).write(to: URL(filePath: path))
            expectLoadError(path, "\(path):1:2: found the end of the text, expected a key in double quotes.")
            try Data(count: 3 << 20).write(to: URL(filePath: path))
            expectLoadError(path, "\(path):1:1: found a text of 1048577 bytes, expected at most 1048576.")
        }
    }

    @Test("a missing file, a folder, and a name with a zero byte are unreadable, with the system's reason")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            let rest = "Name a configuration file, or none for the embedded default."
            expectLoadError(folder + "/none.json", "\(folder)/none.json can't be read: No such file or directory. \(rest)")
            expectLoadError(folder, "\(folder) is a directory, and not a configuration. Name a JSON file, or none for the embedded default.")
            expectLoadError("a\0b", "a\\u0000b can't be read: its name contains a zero byte. \(rest)")
        }
    }

    private func expectLoadError(_ path: String, _ description: String, sourceLocation: SourceLocation = #_sourceLocation) {
        do throws(ConfigurationError) {
            _ = try Configuration.load(path: path)
            Issue.record("\(path) was taken", sourceLocation: sourceLocation)
        } catch {
            #expect(error.description == description, sourceLocation: sourceLocation)
        }
    }

    /// Calls `body` with the path of a new folder, and removes it afterwards.
    private func withTemporaryFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path(percentEncoded: false))
    }
}
