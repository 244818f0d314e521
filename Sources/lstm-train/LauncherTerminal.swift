import Foundation

/// The terminal of the mpirun that started this process. A rank's output goes there through a pseudoterminal of its own, which shows
/// neither whether there is a terminal, nor its width.
struct LauncherTerminal {
    /// Stays open as long as the process.
    let descriptor: Int32
    /// Whether mpirun passes output on unchanged, not line by line with a tag before each.
    let takesPartialLines: Bool

    private static let launchers: Set<String> = ["mpirun", "mpiexec", "orterun", "prterun"]
    private static let taggingOptions = ["tag-output", "timestamp-output", "output-filename", "xml", "output"]

    /// Finds the next launcher above this process; nil if there is none on this host, or its standard output isn't a terminal.
    static func find() -> LauncherTerminal? {
        var process = getppid()
        // Shells and scripts may be in between.
        for _ in 0..<8 where process > 1 {
            guard let status = text("/proc/\(process)/stat"), let end = status.lastIndex(of: ")"), let begin = status.firstIndex(of: "(") else { return nil }
            let name = String(status[status.index(after: begin)..<end])
            if launchers.contains(name) { return LauncherTerminal(ofProcess: process) }
            guard let parent = status[end...].split(separator: " ").dropFirst(2).first.flatMap({ pid_t($0) }) else { return nil }
            process = parent
        }
        return nil
    }

    private init?(ofProcess process: pid_t) {
        let path = "/proc/\(process)/fd/\(STDOUT_FILENO)"
        var status = stat()
        // A pipe isn't opened, since it would get a second reader.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
        descriptor = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        guard isatty(descriptor) == 1 else {
            close(descriptor)
            return nil
        }
        let options = Self.text("/proc/\(process)/cmdline")?.split(separator: "\0").map { $0.drop { $0 == "-" } } ?? []
        takesPartialLines = !options.contains { option in Self.taggingOptions.contains { option == $0 } }
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
