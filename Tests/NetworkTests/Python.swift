import Foundation

/// A Python beside the tests, for what only another implementation can show: `LSTM_TRAIN_PYTHON`, or else `python3`.
enum Python {
    /// Whether it has torch and safetensors. Asked once; importing them takes seconds.
    static let hasTorch = (try? run("-c", "import torch, safetensors.torch"))?.exitCode == 0

    /// Runs it to its end: what it printed, complaints among it.
    static func run(_ arguments: String...) throws -> (exitCode: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["LSTM_TRAIN_PYTHON"] ?? "python3"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}
