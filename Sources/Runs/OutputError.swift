/// A command's output can't be written to the requested path. Nothing was written.
public enum OutputError: ExitCoded, Equatable, CustomStringConvertible {
    case empty
    /// The path has a file that another program, command or person wrote.
    case foreign(path: String, verb: String)
    case link(path: String)
    /// The path has a directory, a device, a pipe or a socket.
    case notAFile(path: String, kind: String)
    /// The path is a file of a run, or inside a run's checkpoints.
    case partOfRun(path: String)
    /// The operating system refused to write.
    case notWritten(path: String, reason: String)

    public var exitCode: Int32 {
        switch self {
        case .empty: 64
        case .foreign, .link, .notAFile, .partOfRun: 73
        case .notWritten: 74
        }
    }

    public var description: String {
        switch self {
        case .empty:
            "--output is empty; it must name a file."
        case .foreign(let path, let verb):
            "\(path) is there, and wasn't written by \(verb); it is left as it is. Choose another --output, or move it away."
        case .link(let path):
            "\(path) is a link; output replaces no links and goes through none. Name the file itself as --output, or remove the link."
        case .notAFile(let path, let kind):
            "\(path) is \(kind); output goes to a file of its own. Choose another --output."
        case .partOfRun(let path):
            "\(path) is a place for a run's own files; it is left as it is. Choose another --output."
        case .notWritten(let path, let reason):
            "can't write \(path): \(reason). Choose another --output."
        }
    }
}
