package import Configuration
import Datasets

// The only place outside of Configuration and `init` that asks for the kind of data.
extension Configuration {
    /// The source of the configuration's data.
    package var source: any DataSource {
        switch data.kind {
        case .text: TextSource(self, isStreams: true)
        case .textWindows: TextSource(self, isStreams: false)
        case .series: SeriesSource(self)
        case .sequences: SequenceSource(self)
        case .embeddedReber:
            GeneratedSource(vocabulary: EmbeddedReber.vocabulary, task: EmbeddedReber.task) { EmbeddedReber(try generatedOptions()) }
        case .adding:
            GeneratedSource(vocabulary: nil, task: AddingProblem.task(loss: training.numberLoss)) {
                try AddingProblem(generatedOptions(), length: data.length, loss: training.numberLoss)
            }
        case .temporalOrder:
            GeneratedSource(vocabulary: TemporalOrder.vocabulary, task: TemporalOrder.task) { try TemporalOrder(generatedOptions(), length: data.length) }
        }
    }

    private func generatedOptions() throws -> GeneratedOptions {
        try GeneratedOptions(
            trainingCount: data.trainingExampleCount, validationCount: data.validationExamples, testCount: data.testExamples,
            batchSize: training.batch, seed: seed)
    }
}
