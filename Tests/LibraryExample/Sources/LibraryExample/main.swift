import Foundation
import LSTMTraining

// Usage: LibraryExample RUN [BEGINNING]. Prints the facts of a run's model, and what it generates.
guard CommandLine.arguments.count > 1 else {
    print("usage: LibraryExample RUN [BEGINNING]")
    exit(64)
}

do {
    let model = try TrainedModel(path: CommandLine.arguments[1])
    print("step \(model.step), \(model.parameterCount) weights, SHA-256 \(model.weightsSHA256)")
    switch model.task {
    case .text:
        let beginning = CommandLine.arguments.dropFirst(2).first ?? "the "
        print(try model.continueText(beginning, length: 40, temperature: 0.8, seed: 1))
        let session = try model.session()
        for piece in beginning { try session.read(String(piece)) }
        for (symbol, probability) in session.likeliest(3) { print("next: \(symbol) \(probability)") }
    case .forecast:
        let facts = try model.seriesFacts()
        let rows = (0..<facts.length).map { row in facts.columns.map { _ in Double(row) } }
        for row in try model.forecast(rows) { print("forecast: \(row)") }
    case .classification:
        print("classes: \(try model.classify("EabXcdYabB"))")
    case .labelSets:
        for set in try model.continueSets([], length: 8, seed: 1) { print("set: \(set.joined(separator: " "))") }
    case .frames:
        for step in try model.continueFrames(length: 8, seed: 1) { print("step: \(step)") }
    case .other(let kind):
        print("a model of \(kind)")
    }
} catch {
    print("\(error)")
    exit(1)
}
