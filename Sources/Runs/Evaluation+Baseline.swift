import Datasets
import NumberText

// The baseline beside the model, where it has a title: "always 'b'".
extension Evaluation {
    /// "always 'b': loss 1.0986, accuracy 33.33 %": loss and accuracy of the baseline.
    package var baselineText: String? {
        baselineTitle.map { title in
            title + ": " + comparedValues.map { value in
                "\(value.metric.key == values[0].metric.key ? "loss" : value.metric.title) \(value.metric.unit.shortText(value.baseline))"
            }.joined(separator: ", ")
        }
    }

    /// "not better than always 'b' by loss and accuracy"; nil if it is better, or there is no such baseline.
    package var notBetterText: String? {
        let titles = valuesNotBetter.map { $0.metric.key == values[0].metric.key ? "loss" : $0.metric.title }
        guard let title = baselineTitle, !titles.isEmpty else { return nil }
        return "not better than \(title) by " + titles.joined(separator: " and ")
    }
}
