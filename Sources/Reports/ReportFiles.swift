import Charts
import Checkpoints
import Configuration
import Foundation
import Runs
import Training

extension Report {
    /// Writes the page to `path`, and each picture as `NAME.svg` into the directory beside it that has the page's name with "-svg" behind it.
    /// A file is there whole or not at all; pages and pictures of ours that stood there before are replaced, and nothing else is.
    /// - Returns: the directory of the pictures.
    /// - Throws: ``ReportError``; where something that isn't ours is in the way, before anything is written.
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

    /// Makes the directory of pictures; one that is there is emptied of pictures of ours, so that none of an earlier page stays.
    private func makeDirectory(_ path: String) throws(OutputError) {
        let manager = FileManager.default
        do {
            try FileSystem().makeDirectories(path)
            for name in try manager.contentsOfDirectory(atPath: path) where name.hasSuffix(".svg") {
                // What may be replaced may be removed.
                let file = try? OutputFile(path + "/" + name, of: "report", isOwn: Picture.isOurs)
                if let file { try manager.removeItem(atPath: file.path) }
            }
        } catch {
            throw .notWritten(path: path, reason: systemReason(of: error))
        }
    }
}

extension Picture {
    /// Whether a file with these bytes is a picture of ours.
    static func isOurs(_ beginning: [UInt8]) -> Bool {
        String(decoding: beginning.prefix(200), as: UTF8.self).contains(fileMark)
    }
}

extension Page {
    /// Whether a file with these bytes is a page of ours, of this kind; earlier versions of the program noted no kind.
    static func isOurs(_ beginning: [UInt8], kind: Kind) -> Bool {
        let head = String(decoding: beginning.prefix(4096), as: UTF8.self)
        guard head.hasPrefix("<!DOCTYPE html>\n") else { return false }
        let isUnmarked = !head.contains("<meta name=\"generator\"") && head.contains("xmlns=\"http://www.w3.org/1999/xhtml\"")
        return head.contains(kind.mark) || (isUnmarked && head.contains(contentPolicy))
    }
}
