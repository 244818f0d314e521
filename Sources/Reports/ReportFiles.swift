import Charts
import Configuration
import Files
import Foundation
import Runs
import Training

extension Report {
    /// Writes the page to `path`, and each picture as `NAME.svg` into the directory next to it with the page's name and the suffix "-svg".
    /// A file is written completely or not at all; existing pages and pictures of ours are replaced, nothing else.
    /// - Returns: the directory of the pictures.
    /// - Throws: ``ReportError``; if something that isn't ours is in the way, before anything is written.
    public func write(to path: String) throws(ReportError) -> String {
        let stem = path.hasSuffix(".html") ? String(path.dropLast(5)) : path
        let directory = stem + "-svg"
        do throws(OutputError) {
            let page = try OutputFile(path, of: "report", isOwn: { Page.isOurs($0, kind: .report) })
            try OutputPlace.requireNoLink(directory)
            let files = try pictures.map { (picture) throws(OutputError) in
                (file: try OutputFile("\(directory)/\(picture.name).svg", of: "report", isOwn: Picture.isOurs), text: picture.picture.file)
            }
            try makeDirectory(directory)
            for (file, text) in files { try file.write(text) }
            try page.write(html)
        } catch {
            throw .output(error)
        }
        return directory
    }

    /// Makes the directory of pictures; from an existing one it removes our pictures, so that none of an earlier page remains.
    private func makeDirectory(_ path: String) throws(OutputError) {
        let manager = FileManager.default
        do {
            try FileSystem().makeDirectories(path)
            for name in try manager.contentsOfDirectory(atPath: path) where name.hasSuffix(".svg") {
                // A file that may be replaced may also be removed.
                let file = try? OutputFile(path + "/" + name, of: "report", isOwn: Picture.isOurs)
                if let file { try manager.removeItem(atPath: file.path) }
            }
        } catch {
            throw .notWritten(path: path, reason: systemReason(of: error))
        }
    }
}

extension Page {
    /// Whether a file with these bytes is one of our pages, of this kind; earlier versions of the program recorded no kind.
    static func isOurs(_ beginning: [UInt8], kind: Kind) -> Bool {
        let head = String(decoding: beginning.prefix(4096), as: UTF8.self)
        guard head.hasPrefix("<!DOCTYPE html>\n") else { return false }
        let isUnmarked = !head.contains("<meta name=\"generator\"") && head.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")
        return head.contains(kind.mark) || (isUnmarked && head.contains(contentPolicy))
    }
}
