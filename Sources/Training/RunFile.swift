/// Names of a run's small files.
enum RunFile {
    static let configuration = "config.json"
    static let manifest = "manifest.json"
}
