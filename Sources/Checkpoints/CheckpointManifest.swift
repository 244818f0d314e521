import Files
import StrictJSON

/// The contents of `manifest.json`.
public struct CheckpointManifest: Equatable, Sendable {
    public struct FileRecord: Equatable, Sendable {
        public let name: String
        public let byteCount: Int
        public let sha256: String
    }

    public static let formatVersion = 1
    static let fileName = "manifest.json"
    /// Far above any real one, so that a wrong file isn't read whole.
    private static let largestByteCount = 16 << 20

    public let progress: CheckpointProgress
    /// Of the bytes of all weights, in the order of their layout.
    public let weightsSHA256: String
    public let files: [FileRecord]

    public var step: Int { progress.step }

    /// Reads the manifest of the checkpoint at `path`, and holds it against its own hash; the other files are not looked at.
    static func read(inCheckpoint path: String, in fileSystem: FileSystem = FileSystem()) throws(CheckpointError) -> CheckpointManifest {
        let manifestPath = path + "/" + fileName
        let file = try mappingErrors(try OpenFile.reading(manifestPath, in: fileSystem))
        let byteCount = try mappingErrors(try file.byteCount())
        guard byteCount <= largestByteCount else {
            throw .manifest(path: manifestPath, reason: "the manifest has \(byteCount) bytes; at most \(largestByteCount) are allowed.")
        }
        let manifest = try CheckpointManifest(text: mappingErrors(try file.bytes(at: 0, byteCount: byteCount)), path: manifestPath)
        if let step = stepInName(of: path), step != manifest.step {
            throw .manifest(path: manifestPath, reason: "the manifest is of step \(manifest.step); its directory's name says \(step). Was it renamed?")
        }
        return manifest
    }

    private static func stepInName(of path: String) -> Int? {
        guard let name = path.split(separator: "/").last else { return nil }
        let bare = name.hasPrefix(LeftoverName.replaced) ? name.dropFirst(LeftoverName.replaced.count) : name
        return CheckpointName.step(in: String(bare))
    }
}
