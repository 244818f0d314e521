import Batches
import Checkpoints
import Datasets
import Exports
import Files
import Foundation
import Layers
import Models
import Runs
import StrictJSON
import Training
import Testing

@Suite("The folder of an export")
struct FolderTests {
    private let model = Subjects.model("subject", Subjects.all[0].shape)

    private func write(_ format: ExportFormat = .npz, to path: String, force: Bool = false) throws {
        _ = try model.write(format, to: path, data: nil, force: force, team: Subjects.team)
    }

    @Test("it has weights, code, card, configuration and a batch for verification, and its record has the SHA-256 of each", arguments: ExportFormat.allCases)
    func contents(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        try write(format, to: folder.path("a/b"))
        let wanted = ["README.md", "config.json", "model.py", "verification.npz", "verify.py", format.weightsFile]
        #expect(try folder.names(in: "a/b") == (wanted + ["export.json"]).sorted())
        let record = try JSONValue.parse(folder.bytes("a/b/export.json"))
        let files = try #require(record["files"]?.arrayValue)
        #expect(files.compactMap { $0["name"]?.stringValue } == wanted.sorted())
        for file in files {
            let name = try #require(file["name"]?.stringValue)
            #expect(file["sha256"]?.stringValue == (try SHA256.hex(ofFile: folder.path("a/b/" + name))))
            #expect(file["byteCount"]?.integerValue == (try folder.bytes("a/b/" + name).count))
        }
        #expect(try folder.names(in: "a") == ["b"])
    }

    @Test("the same model gives the same bytes", arguments: ExportFormat.allCases)
    func sameBytes(format: ExportFormat) throws {
        let folder = try TemporaryFolder()
        for name in ["a", "b"] { try write(format, to: folder.path(name)) }
        for name in try folder.names(in: "a") { #expect(try folder.bytes("a/" + name) == folder.bytes("b/" + name), "\(name)") }
    }

    @Test("an empty folder and an unchanged earlier export are replaced; Python's cache is ignored")
    func replaced() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("a"), withIntermediateDirectories: true)
        try write(.onnx, to: folder.path("a"))
        try folder.write("", "a/__pycache__/model.pyc")
        try write(.npz, to: folder.path("a/"))
        #expect(try !folder.names(in: "a").contains("model.onnx") && folder.names(in: "a").contains("model.npz"))
        #expect(try folder.names() == ["a"])
    }

    @Test("a folder with other files, or a file, is rejected and stays unchanged, with --force or without", arguments: [false, true])
    func foreign(force: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", "a/thesis.txt")
        try folder.write("mine", "b")
        for name in ["a", "b"] {
            #expect(throws: ExportError.folderInUse(path: folder.path(name))) { try write(to: folder.path(name), force: force) }
        }
        // An invalid record doesn't make the folder an export.
        for record in ["{}", "{\"format\": \"lstm-train export\"}", "[", "{\"format\": \"lstm-train export\", \"files\": [1]}"] {
            try folder.write(record, "a/export.json")
            #expect(throws: ExportError.folderInUse(path: folder.path("a"))) { try write(to: folder.path("a"), force: force) }
        }
        #expect(try folder.text("a/thesis.txt") == "mine" && folder.text("b") == "mine")
        #expect(try folder.names() == ["a", "b"])
    }

    @Test("an export in which files were changed or added is rejected, naming them, and replaced only with --force")
    func changed() throws {
        let folder = try TemporaryFolder()
        try write(to: folder.path("a"))
        try folder.write("license: mit", "a/README.md")
        try folder.write("mine", "a/notes")
        #expect(throws: ExportError.exportChanged(path: folder.path("a"), names: ["README.md", "notes"])) { try write(to: folder.path("a")) }
        #expect(try folder.text("a/notes") == "mine")
        try write(to: folder.path("a"), force: true)
        #expect(try !folder.names(in: "a").contains("notes"))
    }

    @Test("a link is rejected and its target unchanged, and a name with .. is resolved as the system does")
    func links() throws {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.path("far/away"), withIntermediateDirectories: true)
        for (name, target) in [("link", "far/away"), ("dangling", "nowhere")] {
            try manager.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
        }
        for name in ["link", "link/", "dangling"] {
            #expect(throws: OutputError.self) { try write(to: folder.path(name), force: true) }
        }
        try write(to: folder.path("link/../export"))
        try write(to: folder.path("far/./away/."))
        #expect(try folder.names() == ["dangling", "far", "link"] && folder.names(in: "far") == ["away", "export"])
        #expect(try folder.names(in: "far/export").contains("model.npz") && folder.names(in: "far/away").contains("model.npz"))
        #expect(try manager.destinationOfSymbolicLink(atPath: folder.path("link")) == "far/away")
    }

    @Test("an export that the disk refuses leaves nothing behind")
    func refused() throws {
        let folder = try TemporaryFolder()
        try folder.write("", "file")
        #expect(throws: FileError.self) { try write(to: folder.path("file/a")) }
        #expect(try folder.names() == ["file"])
    }

    @Test("leftovers of killed exports are removed by the next one, but not those of a running process, of another export, or similar names")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        // A number that no process has: the kernel's limit is 2^22.
        let dead = 1 << 22 + 1
        try write(.onnx, to: folder.path("a"))
        let others = [".a.partial-1", ".a.partial-mine", ".ab.partial-\(dead)"]
        let leftovers = [".a.partial-\(dead)", ".a.partial-\(dead)-replaced", ".a.partial-\(getpid())"]
        for name in others + leftovers { try folder.write("half", name + "/model.npz") }
        try write(to: folder.path("a"))
        #expect(try folder.names() == (others + ["a"]).sorted() && folder.names(in: "a").contains("model.npz"))
    }

    @Test("an export that a killed one had moved aside gets its name back, and is replaced only if it is unchanged")
    func movedAside() throws {
        let folder = try TemporaryFolder()
        let aside = ".a.partial-\(1 << 22 + 1)-replaced"
        func moveAside() throws { try FileManager.default.moveItem(atPath: folder.path("a"), toPath: folder.path(aside)) }
        try write(.onnx, to: folder.path("a"))
        try moveAside()
        try write(.npz, to: folder.path("a"))
        try folder.write("license: mit", "a/README.md")
        try moveAside()
        #expect(throws: ExportError.exportChanged(path: folder.path("a"), names: ["README.md"])) { try write(to: folder.path("a")) }
        #expect(try folder.names() == ["a"] && folder.names(in: "a").contains("model.npz") && folder.text("a/README.md") == "license: mit")
    }

    @Test(
        "statistics of other columns than the model's are rejected, naming the file",
        arguments: [
            "{\"name\": \"wave\", \"mean\": 0, \"deviation\": 1}",
            ["wave", "saw", "sum", "more"].map { "{\"name\": \"\($0)\", \"mean\": 0, \"deviation\": 1}" }.joined(separator: ","),
            ["wave", "saw", "other"].map { "{\"name\": \"\($0)\", \"mean\": 0, \"deviation\": 1}" }.joined(separator: ","),
        ])
    func statistics(columns: String) throws {
        let folder = try TemporaryFolder()
        try TrainedSubject.writeData(in: folder)
        let subject = try TrainedSubject(TrainedSubject.series, in: folder)
        try folder.write("{\"columns\": [\(columns)]}", "run/statistics.json")
        let error = #expect(throws: DatasetError.self) { try subject.model() }
        #expect(error?.description.hasPrefix(folder.path("run/statistics.json:1:1: the file has statistics of ")) == true, "\(String(describing: error))")
        #expect(error?.description.contains(", and the model is of 'wave', 'saw'") == true && error?.description.hasSuffix(". Restore it from a copy.") == true)
    }

    @Test("a format whose library has no such layer is refused before anything is written, with the layer and the formats that have it")
    func unknownLayer() throws {
        let folder = try TemporaryFolder()
        for format in ExportFormat.allCases {
            let known = Set(Subjects.known(to: format).map(\.name))
            for (name, shape) in Subjects.all where !known.contains(name) {
                let index = try #require(shape.layers.firstIndex { !Subjects.has(format, $0) })
                let layer = shape.layers[index]
                let others = ExportFormat.allCases.filter { Subjects.has($0, layer) }.map(\.rawValue).joined(separator: ", ")
                let layers = ModelPlan(shape).layers.dropLast().suffix(shape.layers.count).map(\.name)
                // Weight normalisation is folded into the weights.
                let layerName = layers[index].replacing(", weight normalisation", with: "")
                let error = #expect(throws: ExportError.self) {
                    try Subjects.model(name, shape).write(format, to: folder.path("out"), data: nil, force: false, team: Subjects.team)
                }
                #expect(
                    error?.description == "--format \(format.rawValue) has no layer like layer \(index + 1) (\(layerName)). Choose --format \(others)."
                        && error?.exitCode == 78)
                #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
            }
        }
    }

    @Test("a layer that no format has is said with its number and its name, and where its parameters are")
    func layerOfNoFormat() {
        let words = ExportError.layerNotExported(number: 2, name: "dream").description
        #expect(words.hasPrefix("no format has a layer like layer 2 (dream). The checkpoint's weights.safetensors has its parameters"))
    }

    @Test("weights that exceed the container's limit are rejected before anything is written, with an alternative format")
    func tooLarge() throws {
        let limits: [(ExportFormat, Int)] = [(.onnx, Int(Int32.max)), (.keras, Int(UInt32.max)), (.npz, Int(UInt32.max))]
        for (format, limit) in limits {
            try format.requireRoom(forByteCount: limit * 15 / 16)
            let error = #expect(throws: ExportError.tooLarge(format: format, byteCount: limit, limit: limit)) { try format.requireRoom(forByteCount: limit) }
            #expect(error?.description.contains("Choose --format pytorch") == true && error?.exitCode == 78)
        }
        try ExportFormat.pytorch.requireRoom(forByteCount: 1 << 40)
    }
}
