import Foundation
import Testing

/// The rooms under Sources, floor by floor. A room imports rooms of lower floors only.
private let floors: [[String]] = [
    ["CVector", "CProcess", "CMPI", "COpenMPI", "COpenSSL", "CZlib", "CSoundFile", "CSampleRate", "CKissFFT"],
    ["Kernels", "Threads", "Communication", "Batches", "StrictJSON", "NumberText", "ShellText", "ProtocolBuffers", "Files"],
    ["Layers", "Optimization", "Distributions", "Audio", "Datasets", "Charts", "TensorBoard"],
    ["Models", "Checkpoints"],
    ["Configuration", "Runs"],
    ["Training"],
    ["Inference", "Measurement"],
    ["LSTMTraining", "Reports", "Exports"],
    ["lstm-train"],
]

/// Imports within a floor, each for a reason.
private let withinFloor: [String: Set<String>] = [
    "CMPI": ["COpenMPI"],
    // The header of a safetensors file is JSON.
    "Files": ["StrictJSON"],
    // A forecast's interval, in the units of the file, follows from its distribution; recordings become sequences.
    "Datasets": ["Distributions", "Audio"],
    // A run directory is begun with a configuration.
    "Runs": ["Configuration"],
]

@Suite("The rooms")
struct FloorTests {
    private let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    private func swiftFiles(in room: String) throws -> [URL] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.appending(path: room).path)
        return paths.filter { $0.hasSuffix(".swift") }.sorted().map { sources.appending(path: room).appending(path: $0) }
    }

    /// The modules that a file imports, with their lines.
    private func imports(of file: URL) throws -> [(module: String, line: Int)] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            var words = line.split(separator: " ").map(String.init)
            if let first = words.first, ["public", "package", "internal", "fileprivate", "private"].contains(first) { words.removeFirst() }
            if let first = words.first, first.hasPrefix("@") { words.removeFirst() }
            guard words.first == "import", words.count > 1 else { return nil }
            let name = words.count > 2 ? words[2] : words[1]
            return (String(name.prefix { $0 != "." }), index + 1)
        }
    }

    @Test("each folder of Sources has its floor, and each floor's rooms are there")
    func complete() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }
        #expect(folders.sorted() == floors.flatMap { $0 }.sorted())
    }

    @Test("a room imports rooms of lower floors only", arguments: floors.flatMap { $0 })
    func order(room: String) throws {
        let floor = try #require(floors.firstIndex { $0.contains(room) })
        let lower = Set(floors[..<floor].flatMap { $0 }).union(withinFloor[room] ?? [])
        let rooms = Set(floors.flatMap { $0 })
        for file in try swiftFiles(in: room) {
            for (module, line) in try imports(of: file) where rooms.contains(module) && module != room.replacing("-", with: "_") {
                #expect(lower.contains(module), "\(room)/\(file.lastPathComponent):\(line) imports \(module)")
            }
        }
    }

    @Test(
        "what only one room may use is imported nowhere else",
        arguments: [("CMPI", "Communication"), ("COpenMPI", "Communication"), ("COpenSSL", "Files"), ("CZlib", "Files"), ("CSoundFile", "Audio"), ("CSampleRate", "Audio"), ("CKissFFT", "Audio"), ("ArgumentParser", "lstm-train")])
    func onlyOne(module: String, room: String) throws {
        for other in floors.flatMap({ $0 }) where other != room {
            for file in try swiftFiles(in: other) {
                #expect(try !imports(of: file).contains { $0.module == module }, "\(other)/\(file.lastPathComponent) imports \(module)")
            }
        }
    }

    @Test("Training has at most 30 files")
    func trainingIsSmall() throws {
        #expect(try swiftFiles(in: "Training").count <= 30)
    }

    @Test("a room's manifest lists only rooms of lower floors")
    func manifest() throws {
        let text = try String(contentsOf: sources.deletingLastPathComponent().appending(path: "Package.swift"), encoding: .utf8)
        // The compiler may find a module that a target doesn't list, so the lists are compared with the imports.
        for room in floors.flatMap({ $0 }) {
            let files = try swiftFiles(in: room)
            guard !files.isEmpty, let begin = text.range(of: "name: \"\(room)\"", range: try #require(text.range(of: "// Floor 0")).upperBound..<text.endIndex) else { continue }
            let end = text.range(of: ".target(", range: begin.upperBound..<text.endIndex) ?? text.range(of: ".executableTarget(", range: begin.upperBound..<text.endIndex)
            let listed = String(text[begin.upperBound..<(end?.lowerBound ?? text.endIndex)])
            let used = Set(try files.flatMap { try imports(of: $0).map(\.module) }).intersection(floors.flatMap { $0 })
            for module in used where module != room { #expect(listed.contains("\"\(module)\""), "\(room) imports \(module), which Package.swift doesn't list for it") }
        }
    }
}
