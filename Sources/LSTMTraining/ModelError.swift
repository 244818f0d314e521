import Datasets
import Runs
import Training

/// A model can't be loaded, or can't do what is asked. `description` is a sentence that says what to do.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The run or checkpoint doesn't exist, is damaged, or needs another machine; with the reason as text.
    case unreadable(String)
    case threadCount(Int)
    /// The model has another task; `kind` is its run's `data.kind`.
    case writesNoText(kind: String)
    case writesNoSets(kind: String)
    case writesNoFrames(kind: String)
    case forecastsNothing(kind: String)
    case classifiesNothing(kind: String)
    /// A symbol that isn't in the model's vocabulary; the text names it and its position.
    case unknownSymbol(String)
    /// A label that the model doesn't know, in a set of a beginning; steps count from 1.
    case unknownLabel(step: Int, label: String)
    case emptyText
    case length(Int)
    case temperature(Double)
    /// Another option of ``TextSampling`` that can't be used; the text names it and what is wanted.
    case sampling(String)
    /// A number of texts below 1.
    case count(Int)
    case rowCount(found: Int, wanted: Int)
    /// Rows count from 1.
    case rowWidth(row: Int, found: Int, columns: [String])
    case columnMissing(row: Int, column: String)
    case columnUnknown(row: Int, column: String, columns: [String])
    /// A value that isn't finite, or is far outside of the training data.
    case value(row: Int, column: String)
    /// The model reads something of the rows to forecast.
    case readsAhead(columns: [String])

    public var description: String {
        switch self {
        case .unreadable(let reason): reason
        case .threadCount(let count): "threadCount is \(count); it must be at least 1."
        case .writesNoText(let kind): "a model of data.kind \"\(kind)\" reads no text. See the model's task for what it does."
        case .writesNoSets(let kind): "a model of data.kind \"\(kind)\" writes no sets of labels. See the model's task for what it does."
        case .writesNoFrames(let kind): "a model of data.kind \"\(kind)\" draws no steps of numbers. See the model's task for what it does."
        case .forecastsNothing(let kind): "a model of data.kind \"\(kind)\" doesn't forecast a series. See the model's task for what it does."
        case .classifiesNothing(let kind): "a model of data.kind \"\(kind)\" has no classes. See the model's task for what it does."
        case .unknownSymbol(let words): words
        case .unknownLabel(let step, let label): "set \(step) has the label '\(label)', which the model doesn't know. See labels() for those that it does."
        case .emptyText: "the text is empty; give at least one symbol."
        case .length(let length): "length is \(length); it must be \(length < 0 ? "0 or more" : "less: length times the number of labels is below 2^32")."
        case .temperature(let temperature): "temperature is \(temperature); it must be 0 or more, and finite."
        case .readsAhead(let columns):
            "the model reads \(columns.isEmpty ? "the calendar" : columns.joined(separator: ", ")) of the rows to forecast, too; use lstm-train predict."
        case .sampling(let words): words
        case .count(let count): "count is \(count); it must be at least 1."
        case .rowCount(let found, let wanted): "\(found == 1 ? "1 row is" : "\(found) rows are") too few: the model reads the last \(wanted)."
        case .rowWidth(let row, let found, let columns):
            "row \(row) has \(found == 1 ? "1 value" : "\(found) values"); the model reads \(columns.count): \(columns.joined(separator: ", "))."
        case .columnMissing(let row, let column): "row \(row) has no value for '\(column)', which the model reads."
        case .columnUnknown(let row, let column, let columns):
            "row \(row) has a value for '\(column)', which the model doesn't read. Its columns are \(columns.joined(separator: ", "))."
        case .value(let row, let column):
            "row \(row): the value of '\(column)' isn't finite, or is far from all that the model was trained on. Fix it."
        }
    }
}

/// Calls `work` and converts its errors to ``ModelError``.
func mappingErrors<Result>(_ work: () throws -> Result) throws(ModelError) -> Result {
    do { return try work() } catch let error as DatasetError {
        if case .unknownSymbol = error { throw .unknownSymbol("\(error)") }
        if case .valueOutOfScale(_, let row, let column) = error { throw .value(row: row, column: column) }
        throw .unreadable("\(error)")
    } catch TrainingError.emptyPrompt {
        throw .emptyText
    } catch { throw .unreadable("\(error)") }
}
