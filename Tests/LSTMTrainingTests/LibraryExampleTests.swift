import Audio
import Foundation
import Testing

/// `Tests/LibraryExample` is a separate package, like a user's. By default only its source is compiled against the modules that were built with the
/// tests, in seconds; with LSTM_TRAIN_TEST_BUILDS=1 SwiftPM builds the package, and with it this project's library, in minutes.
@Suite("the library's example")
struct LibraryExampleTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let package = project.appending(path: "Tests/LibraryExample")

    @Test("compiles with the library's public interface, and uses a run of each task")
    func compiles() throws {
        let text = try TrainedExample.text()
        defer { text.remove() }
        let program = text.folder.appending(path: "example")
        let built = try Self.buildFolder()
        let objects = ["Kernels", "Threads", "Communication", "Batches", "Distributions", "StrictJSON", "Layers", "Models", "Optimization", "Audio", "Datasets", "Files", "Checkpoints", "Configuration", "Runs",
            "Training", "Inference", "LSTMTraining", "TensorBoard", "ProtocolBuffers", "NumberText", "ShellText", "CVector", "CMPI"].flatMap { Self.objects(in: built.appending(path: "\($0).build")) }
        let maps = ["COpenMPI/module.modulemap", "COpenSSL/module.modulemap", "CZlib/module.modulemap", "CSoundFile/module.modulemap", "CSampleRate/module.modulemap", "CKissFFT/module.modulemap", "CVector/include/module.modulemap"].flatMap {
            ["-Xcc", "-fmodule-map-file=" + Self.project.appending(path: "Sources/\($0)").path]
        }
        let audio = isAudioAvailable ? ["sndfile", "samplerate", "kissfft-float"] : []
        let libraries = try Self.run("pkg-config", ["--libs", "--cflags", "ompi-c", "libcrypto", "zlib"] + audio).split(whereSeparator: \.isWhitespace).map(String.init)
        let flags = libraries.filter { !$0.hasPrefix("-D") }.flatMap { $0.hasPrefix("-I") || $0 == "-pthread" ? ["-Xcc", $0] : $0.hasPrefix("-Wl") ? ["-Xlinker", String($0.dropFirst(4))] : [$0] }
        let modules = ["-I", built.appending(path: "Modules").path, "-Xcc", "-fmodule-map-file=" + built.appending(path: "CMPI.build/module.modulemap").path]
        let source = Self.package.appending(path: "Sources/LibraryExample/main.swift").path
        // As in the build, since the vector width depends on the instruction set.
        let march = ProcessInfo.processInfo.environment["LSTM_TRAIN_MARCH"] ?? "native"
        _ = try Self.run(
            "swiftc", ["-swift-version", "6", "-Xcc", "-march=\(march)"] + modules + maps + flags + [source, "-o", program.path] + objects)
        try Self.use(program)
    }

    @Test(
        "builds as a package that depends on this one by its path, without a warning",
        .enabled(if: ProcessInfo.processInfo.environment["LSTM_TRAIN_TEST_BUILDS"] == "1", "it takes minutes: LSTM_TRAIN_TEST_BUILDS=1"))
    func builds() throws {
        let scratch = Self.project.appending(path: ".build/library-example").path
        // Files built before aren't compiled again, so they would show no warnings.
        try? FileManager.default.removeItem(atPath: scratch)
        let output = try Self.run("swift", ["build", "-c", "release", "--package-path", Self.package.path, "--scratch-path", scratch])
        let warnings = output.split(separator: "\n").filter { $0.contains("warning:") }
        #expect(warnings.isEmpty, "\(warnings.joined(separator: "\n"))")
        try Self.use(URL(filePath: scratch).appending(path: "release/LibraryExample"))
    }

    /// Runs the example on a run of each task.
    private static func use(_ program: URL) throws {
        let text = try TrainedExample.text()
        defer { text.remove() }
        let output = try run(program.path, [text.path, "the c"])
        #expect(output.hasPrefix("step 40, ") && output.contains("\nthe c") && output.contains("\nnext: "), "\(output)")
        let series = try TrainedExample.series(relative: false)
        defer { series.remove() }
        #expect(try run(program.path, [series.path]).contains("\nforecast: ["))
    }

    /// The folder with the modules of this test's build.
    private static func buildFolder() throws -> URL {
        URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).deletingLastPathComponent()
    }

    private static func objects(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".o") }.map { folder.appending(path: $0).path }
    }

    /// The program's whole output. - Throws: if it fails, with the output.
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(program) \(arguments.joined(separator: " "))\n\(text)")
        return text
    }
}
