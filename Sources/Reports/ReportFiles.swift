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

    /// Makes the directory of pictures; one that is there is emptied of pictures, so that none of an earlier page stays.
    private func makeDirectory(_ path: String) throws(ReportError) {
        let manager = FileManager.default
        if (try? manager.destinationOfSymbolicLink(atPath: path)) != nil { throw .link(path: path) }
        do {
            try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
            for name in try manager.contentsOfDirectory(atPath: path) where name.hasSuffix(".svg") { try manager.removeItem(atPath: path + "/" + name) }
        } catch {
            throw .notWritten(path: path, reason: error.localizedDescription)
        }
    }
}

/// Writes a file beside `path` and puts it in its place.
func writeWhole(_ text: String, to path: String) throws(ReportError) {
    let draft = path + ".\(UUID().uuidString).draft"
    do {
        try Data(text.utf8).write(to: URL(filePath: draft), options: .withoutOverwriting)
    } catch {
        try? FileManager.default.removeItem(atPath: draft)
        throw .notWritten(path: path, reason: error.localizedDescription)
    }
    guard rename(draft, path) == 0 else {
        let reason = String(cString: strerror(errno))
        try? FileManager.default.removeItem(atPath: draft)
        throw .notWritten(path: path, reason: reason)
    }
}
