public import Configuration
import Foundation
import StrictJSON

extension Configuration.DataSettings {
    /// The same with the files that folders and patterns stand for, each in the order of the names' bytes: of a folder all files in it, but for hidden ones and
    /// other folders; of a pattern with *, ? or [ ] those that it matches, as a shell has it. A file that is there under such a name stands for itself.
    /// - Throws: ``ListedFilesError`` for a folder without files, and for a pattern that matches none.
    public func listingFiles() throws(ListedFilesError) -> Self {
        var listed = self
        listed.files = try Self.listed(files)
        listed.validationFiles = try Self.listed(validationFiles)
        listed.testFiles = try Self.listed(testFiles)
        return listed
    }

    private static func listed(_ paths: [String]) throws(ListedFilesError) -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
                files += isFolder.boolValue ? try filesOfFolder(path) : [path]
            } else if path.contains(where: { "*?[".contains($0) }) {
                files += try matches(path)
            } else {
                // Whoever reads it says what is wrong.
                files.append(path)
            }
        }
        return files
    }

    private static func filesOfFolder(_ path: String) throws(ListedFilesError) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw .unreadableFolder(path: path) }
        let folder = path.hasSuffix("/") ? path : path + "/"
        let files = sorted(names.filter { !$0.hasPrefix(".") }.map { folder + $0 }.filter(isFile))
        guard !files.isEmpty else { throw .noFile(path: path, isFolder: true) }
        return files
    }

    private static func matches(_ pattern: String) throws(ListedFilesError) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        var files: [String] = []
        if glob(pattern, GLOB_NOSORT, nil, &found) == 0 {
            for place in 0..<Int(found.gl_pathc) {
                if let path = found.gl_pathv[place] { files.append(String(cString: path)) }
            }
        }
        files = sorted(files.filter(isFile))
        guard !files.isEmpty else { throw .noFile(path: pattern, isFolder: false) }
        return files
    }

    private static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    private static func sorted(_ paths: [String]) -> [String] { paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

/// A folder or a pattern in the list of the data's files stands for no file.
public enum ListedFilesError: ExitCoded, Equatable, CustomStringConvertible {
    case unreadableFolder(path: String)
    case noFile(path: String, isFolder: Bool)

    public var exitCode: Int32 { 66 }

    public var description: String {
        switch self {
        case .unreadableFolder(let path): "the folder \(JSONValue.printable(path)) can't be read. Check its permissions."
        case .noFile(let path, let isFolder):
            isFolder
                ? "the folder \(JSONValue.printable(path)) has no file. Name the files, or a folder that has some."
                : "no file matches \(JSONValue.printable(path)). Check the pattern; its folder is that of the configuration."
        }
    }
}
