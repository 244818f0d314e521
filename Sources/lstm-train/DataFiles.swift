import Configuration
import Datasets
import Foundation
import Glibc
import Runs

/// A folder or a pattern, given in place of data files, that stands for none, or for files that don't belong together.
enum DataFilesError: ExitCoded, Equatable, CustomStringConvertible {
    case emptyFolder(path: String)
    case unreadableFolder(path: String, reason: String)
    case noMatch(pattern: String)
    /// Files with several endings, without those of compression; an empty one stands for none.
    case mixedKinds(path: String, endings: [String])
    /// A file that another key names too, itself or by a folder or pattern.
    case inTwoParts(path: String, keys: [String])

    var exitCode: Int32 {
        switch self {
        case .emptyFolder, .unreadableFolder, .noMatch: 66
        case .mixedKinds, .inTwoParts: 78
        }
    }

    var description: String {
        switch self {
        case .emptyFolder(let path): "\(path) is a folder without a file. Its own folders aren't searched; name one of them, or a pattern: \(path)/*/*.txt."
        case .unreadableFolder(let path, let reason): "the folder \(path) can't be read: \(reason)."
        case .noMatch(let pattern): "no file matches \(pattern). * stands for any characters but /, ? for one, [abc] for one of these."
        case .mixedKinds(let path, let endings):
            "\(path) stands for files of several kinds: \(endings.map { $0.isEmpty ? "without an ending" : "." + $0 }.joined(separator: ", ")). "
                + "Name those that are meant by a pattern, such as \(Self.example(path, endings))."
        case .inTwoParts(let path, let keys):
            "\(path) is read for \(keys.joined(separator: " and for ")), so its examples would be in two parts. Name it for one of them; a folder or pattern that holds it has to be replaced by one without it."
        }
    }

    private static func example(_ path: String, _ endings: [String]) -> String {
        (path.hasSuffix("/") ? path : path + "/") + "*." + (endings.first { !$0.isEmpty } ?? "txt")
    }
}

/// The files for which `paths` stand, in order: a folder for the files in it, hidden ones and forms of prepare left out, a pattern with `*`, `?` or `[…]` for those that match, both
/// sorted by the bytes of their names; any other path, and one that a file has, for itself.
func filesNamed(by paths: [String]) throws(DataFilesError) -> [String] {
    var files: [String] = []
    for path in paths { files += try filesOfSeveral(path) ?? [path] }
    return files
}

/// The files of a folder or pattern; nil for another path.
private func filesOfSeveral(_ path: String) throws(DataFilesError) -> [String]? {
    let found: [String]
    if isDirectory(path) {
        found = try filesInFolder(path)
    } else if !FileManager.default.fileExists(atPath: path), path.contains(where: { "*?[".contains($0) }) {
        found = matches(path)
        guard !found.isEmpty else { throw .noMatch(pattern: path) }
    } else {
        return nil
    }
    let endings = Set(found.map(ending)).sorted()
    guard endings.count == 1 else { throw .mixedKinds(path: path, endings: endings) }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

private func filesInFolder(_ path: String) throws(DataFilesError) -> [String] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
        throw .unreadableFolder(path: path, reason: String(cString: strerror(errno)))
    }
    let folder = path.hasSuffix("/") ? path : path + "/"
    let files = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".prepared") }.map { folder + $0 }.filter(isRegularFile)
    guard !files.isEmpty else { throw .emptyFolder(path: path) }
    return files
}

/// The files that match a pattern, in any order.
private func matches(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard glob(pattern, GLOB_NOSORT, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }.filter(isRegularFile)
}

/// The ending of a file's name in small letters: "csv" of "a.CSV" and "a.csv.gz"; empty without one.
private func ending(_ path: String) -> String {
    let name = fileName(path).lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    guard let point = plain.lastIndex(of: "."), point > plain.startIndex else { return "" }
    return String(plain[plain.index(after: point)...])
}

/// Not a folder, a pipe or a device, which nothing but its name asks to be read.
private func isRegularFile(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
}

private func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
}

extension Configuration.DataSettings {
    /// Replaces folders and patterns of data files by the files for which they stand, so that a run keeps its files' names.
    /// - Throws: ``DataFilesError``, also for a file that two parts would have.
    mutating func expandFiles() throws(DataFilesError) {
        files = try filesNamed(by: files)
        validationFiles = try filesNamed(by: validationFiles)
        testFiles = try filesNamed(by: testFiles)
        var keys: [String: String] = [:]
        for (key, list) in [("data.files", files), ("data.validationFiles", validationFiles), ("data.testFiles", testFiles)] {
            for file in list {
                let place = URL(filePath: file).resolvingSymlinksInPath().path
                if let other = keys[place], other != key { throw .inTwoParts(path: file, keys: [other, key]) }
                keys[place] = key
            }
        }
    }
}
