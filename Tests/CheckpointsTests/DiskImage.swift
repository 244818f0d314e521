import FileFixtures
import Foundation

/// What lies on a disk at one moment: a file's bytes, or a directory's names and what they lead to.
indirect enum DiskImage: Hashable {
    case file([UInt8])
    case directory([String: DiskImage])

    /// What lies at `path` now.
    init(of path: String) throws {
        var isDirectory: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard isDirectory.boolValue else {
            self = .file(try bytes(of: path))
            return
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        self = .directory(Dictionary(uniqueKeysWithValues: try names.map { ($0, try DiskImage(of: path + "/" + $0)) }))
    }

    /// Makes it at `path`, where there is nothing.
    func materialise(at path: String) throws {
        switch self {
        case .file(let bytes): try write(bytes, to: path)
        case .directory(let entries):
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            for (name, image) in entries { try image.materialise(at: path + "/" + name) }
        }
    }
}
