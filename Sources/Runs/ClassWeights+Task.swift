package import Configuration
package import Datasets
import NumberText
import StrictJSON

extension ClassWeights {
    /// The weight of each class of `task`, in the order of the outputs; empty for none.
    /// - Throws: ``TrainingError/unknownClass(name:classes:)`` for a name that none of the classes has.
    package func values(for task: any LearningTask) throws(TrainingError) -> [Double] {
        guard let classes = task.targetClasses else { return [] }
        switch self {
        case .none: return []
        case .balanced: return classes.balancedWeights
        case .named(let weights):
            var values = Array(repeating: 1.0, count: classes.names.count)
            for weight in weights {
                guard let place = classes.names.firstIndex(of: weight.name) else { throw .unknownClass(name: weight.name, classes: classes.names) }
                values[place] = weight.value
            }
            return values
        }
    }

    /// "class weights from 0.52 ('b') to 5 ('a')"; nil for none.
    package func note(for task: any LearningTask) throws(TrainingError) -> String? {
        let values = try values(for: task)
        guard let classes = task.targetClasses, let least = values.indices.min(by: { values[$0] < values[$1] }),
            let most = values.indices.max(by: { values[$0] < values[$1] })
        else { return nil }
        guard values[least] < values[most] else { return "all classes have the same weight" }
        func text(_ place: Int) -> String { "\(figure(values[place])) ('\(JSONValue.printable(classes.names[place], scalarCount: 24))')" }
        return "class weights from \(text(least)) to \(text(most))"
    }
}
