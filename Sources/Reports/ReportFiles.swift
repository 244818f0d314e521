import Charts
import Checkpoints
import Foundation

extension Report {
    /// Writes the page to `path`, and each picture as `NAME.svg` into the directory beside it that has the page's name with "-svg" behind it.
    /// A file is there whole or not at all, and what stood there before is replaced, a link itself rather than what it leads to.
    /// - Returns: the directory of the pictures.
    /// - Throws: ``ReportError``.
    public func write(to path: String) throws(ReportError) -> String {
        let stem = path.hasSuffix(".html") ? String(path.dropLast(5)) : path
        let directory = stem + "-svg"
        try makeDirectory(directory)
        for picture in pictures { try writeWhole(picture.picture.file, to: directory + "/" + picture.name + ".svg") }
        try writeWhole(html, to: path)
        return directory
    }

    /// Makes the directory of pictures; one that is there is emptied of pictures of ours, so that none of an earlier page stays.
    private func makeDirectory(_ path: String) throws(ReportError) {
        let manager = FileManager.default
        if (try? manager.destinationOfSymbolicLink(atPath: path)) != nil { throw .link(path: path) }
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in try manager.contentsOfDirectory(atPath: path) where name.hasSuffix(".svg") && Self.isOurs(path + "/" + name) {
                try manager.removeItem(atPath: path + "/" + name)
            }
        } catch {
            throw .notWritten(path: path, reason: error.localizedDescription)
        }
    }

    /// Whether a report wrote the file: another's pictures stay.
    private static func isOurs(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        let head = String(decoding: (try? file.read(upToCount: 200)) ?? Data(), as: UTF8.self)
        return head.contains(Picture.fileMark)
    }
}

/// Writes a file beside `path` and puts it in its place.
func writeWhole(_ text: String, to path: String) throws(ReportError) {
    let fileSystem = FileSystem()
    let draft = path + ".\(UUID().uuidString).draft"
    do throws(CheckpointError) {
        try fileSystem.writeFile(draft, Array(text.utf8))
        try fileSystem.rename(draft, to: path)
    } catch {
        try? fileSystem.removeTree(draft)
        if case .system(_, _, let code) = error { throw .notWritten(path: path, reason: String(cString: strerror(code))) }
        throw .notWritten(path: path, reason: "\(error)")
    }
}
