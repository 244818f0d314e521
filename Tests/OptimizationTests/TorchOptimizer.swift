import Foundation
import PythonEnvironment
import Testing

/// The parameters after steps of `torch.optim`'s optimizer `name` in float64.
func torchParameters(_ name: String, _ options: [String: Any], _ parameters: [Float], _ gradients: [[Float]]) throws -> [Double] {
    let file = FileManager.default.temporaryDirectory.appending(path: "optimizer-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let task: [String: Any] = [
        "optimizer": name, "options": options, "parameters": parameters.map(Double.init), "gradients": gradients.map { $0.map(Double.init) },
    ]
    try JSONSerialization.data(withJSONObject: task).write(to: file)
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/torch_optimizer.py")
    let result = try Python.run(try #require(Python.withLibraries), [script.path, file.path])
    try #require(result.code == 0, "\(result.output)")
    let line = try #require(result.output.split(separator: "\n").last, "\(result.output)")
    return try JSONDecoder().decode([Double].self, from: Data(line.utf8))
}
