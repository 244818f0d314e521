import Datasets

/// What a model says of an input: of a row, of the future of a series, or of a prompt.
public protocol Answer: Sendable {
    /// In the order in which they are written; those of all answers of a model have the same names and kinds.
    var fields: [AnswerField] { get }
}

/// A named value of an answer.
public struct AnswerField: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case integer(Int)
        case number(Float)
        /// Nil if it isn't known. Where it is known of no answer, the field is left out.
        case text(String?)
        case numbers([Float], NumberNames)
        case doubles([Double], NumberNames)
        /// One of each time step, as many as the sequence has.
        case texts([String])
        case floats([Float])
        /// Of an answer's symbols, as many as it has.
        case integers([Int])
    }

    public let name: String
    public let value: Value

    init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }
}

/// Names of several numbers, such as the probabilities of classes.
public struct NumberNames: Sendable, Equatable {
    /// "classes": the name of this list.
    public let name: String
    public let list: [String]
    /// Before each name at the head of a table's column; may be empty.
    public let prefix: String
}

/// The class of a sequence.
public struct ClassAnswer: Answer, Equatable {
    /// The sequence's number in its file, from 1: of its row, without header and blank lines.
    public let row: Int
    /// Names of all classes, in the order of `probabilities`.
    public let classes: [String]
    /// Softmax of the model's scores, rounded to float32. `[classes]`.
    public let probabilities: [Float]
    /// The class that the file has, "" for an empty field; nil if it has no column of classes.
    public let label: String?

    /// What the sequence is called in a file with a time step a row; nil in others.
    public let name: String?

    package init(row: Int, classes: [String], probabilities: [Float], label: String?, name: String? = nil) {
        (self.row, self.classes, self.probabilities, self.label, self.name) = (row, classes, probabilities, label, name)
    }

    /// Index of the most likely class; the first one on a tie.
    public var likeliest: Int { probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 } }

    public var fields: [AnswerField] {
        let likeliest = likeliest
        return [
            AnswerField("row", .integer(row)), AnswerField("sequence", .text(name)), AnswerField("class", .text(classes[likeliest])),
            AnswerField("probability", .number(probabilities[likeliest])),
            AnswerField("label", .text(label)),
            AnswerField("probabilities", .numbers(probabilities, NumberNames(name: "classes", list: classes, prefix: "probability of "))),
        ]
    }
}

/// The class of each time step of a sequence.
public struct LabelAnswer: Answer, Equatable {
    /// As in ``ClassAnswer``.
    public let row: Int
    public let name: String?
    /// The most likely class of each time step, and its probability. `[time]`.
    public let classes: [String]
    public let probabilities: [Float]
    /// The classes that the file has, none for a sequence without; nil if it has no column of classes. `[time]`.
    public let labels: [String]?

    package init(row: Int, name: String?, classes: [String], probabilities: [Float], labels: [String]?) {
        (self.row, self.name, self.classes, self.probabilities, self.labels) = (row, name, classes, probabilities, labels)
    }

    public var fields: [AnswerField] {
        [
            AnswerField("row", .integer(row)), AnswerField("sequence", .text(name)), AnswerField("classes", .texts(classes)),
            AnswerField("probabilities", .floats(probabilities)),
        ] + (labels.map { [AnswerField("labels", .texts($0))] } ?? [])
    }
}

/// The labels that are on at each time step of a sequence, or where the next step is predicted at the one after it.
public struct LabelSetAnswer: Answer, Equatable {
    /// As in ``ClassAnswer``.
    public let row: Int
    public let name: String?
    /// The labels whose probability is above 0.5: `[time]`.
    public let sets: [[String]]
    /// Names of all labels, in the order of `last`.
    public let labels: [String]
    /// The probability of each label at the last time step, or after it. `[labels]`.
    public let last: [Float]

    package init(row: Int, name: String?, sets: [[String]], labels: [String], last: [Float]) {
        (self.row, self.name, self.sets, self.labels, self.last) = (row, name, sets, labels, last)
    }

    public var fields: [AnswerField] {
        [
            AnswerField("row", .integer(row)), AnswerField("sequence", .text(name)),
            AnswerField("sets", .texts(sets.map(setText))),
            AnswerField("last", .numbers(last, NumberNames(name: "names", list: labels, prefix: "probability of "))),
        ]
    }
}

/// What a sequence says.
public struct TranscriptAnswer: Answer, Equatable {
    /// As in ``ClassAnswer``.
    public let row: Int
    public let name: String?
    /// Characters side by side, or words with blanks between them.
    public let transcript: String
    /// ln of its probability: the sum over its alignments with the time steps.
    public let logProbability: Float
    /// The sequence's time step at which each symbol begins in the likeliest alignment, from 0. `[symbols]`.
    public let steps: [Int]
    /// The transcript that the file has; nil if it has none.
    public let label: String?

    package init(row: Int, name: String?, transcript: String, logProbability: Float, steps: [Int], label: String?) {
        (self.row, self.name, self.transcript, self.logProbability, self.steps, self.label) = (row, name, transcript, logProbability, steps, label)
    }

    public var fields: [AnswerField] {
        [
            AnswerField("row", .integer(row)), AnswerField("sequence", .text(name)), AnswerField("transcript", .text(transcript)),
            AnswerField("logProbability", .number(logProbability)), AnswerField("label", .text(label)), AnswerField("steps", .integers(steps)),
        ]
    }
}

/// Numbers of a sequence, or of each of its time steps.
public struct NumberAnswer: Answer, Equatable {
    /// As in ``ClassAnswer``.
    public let row: Int
    public let name: String?
    /// Names of the predicted numbers.
    public let targets: [String]
    public let isEveryStep: Bool
    /// In the units of the files. `[(time,) targets]`.
    public let values: [Double]

    package init(row: Int, name: String?, targets: [String], isEveryStep: Bool, values: [Double]) {
        (self.row, self.name, self.targets, self.isEveryStep, self.values) = (row, name, targets, isEveryStep, values)
    }

    public var fields: [AnswerField] {
        let predictions =
            isEveryStep
            ? targets.enumerated().map { place, name in
                AnswerField("predicted \(name)", .floats(stride(from: place, to: values.count, by: targets.count).map { Float(values[$0]) }))
            } : [AnswerField("prediction", .doubles(values, NumberNames(name: "targets", list: targets, prefix: "predicted ")))]
        return [AnswerField("row", .integer(row)), AnswerField("sequence", .text(name))] + predictions
    }
}

/// A row after the end of a table, or of one of its series.
public struct ForecastAnswer: Answer, Equatable {
    /// The column of the series' names; empty for a table with a single series.
    public let idName: String
    /// Name of the series; nil for a table with a single one.
    public let series: String?
    /// Number of the path that was drawn, from 1; nil if the row isn't one of a path.
    public let path: Int?
    /// Number of rows after the last one, from 1.
    public let ahead: Int
    /// The row's number in the continued series, from 1.
    public let row: Int
    /// The row's date or time; nil if it isn't known.
    public let time: String?
    /// Names of the predicted columns, in the order of `values`.
    public let targets: [String]
    /// In the units of the file. `[targets]`.
    public let values: [Double]

    package init(idName: String = "", series: String? = nil, path: Int? = nil, ahead: Int, row: Int, time: String?, targets: [String], values: [Double]) {
        (self.idName, self.series, self.path) = (idName, series, path)
        (self.ahead, self.row, self.time, self.targets, self.values) = (ahead, row, time, targets, values)
    }

    public var fields: [AnswerField] {
        [
            AnswerField(idName, .text(series))
        ] + (path.map { [AnswerField("path", .integer($0))] } ?? []) + [
            AnswerField("ahead", .integer(ahead)), AnswerField("row", .integer(row)), AnswerField("time", .text(time)),
            AnswerField("forecast", .doubles(values, NumberNames(name: "targets", list: targets, prefix: ""))),
        ]
    }
}

/// The continuation of a prompt.
public struct TextAnswer: Answer, Equatable {
    /// The prompt's line in its file, from 1.
    public let line: Int
    public let prompt: String
    /// What follows the prompt; of words, with the blank before the first one.
    public let continuation: String

    package init(line: Int, prompt: String, continuation: String) {
        (self.line, self.prompt, self.continuation) = (line, prompt, continuation)
    }

    public var fields: [AnswerField] {
        [AnswerField("line", .integer(line)), AnswerField("prompt", .text(prompt)), AnswerField("continuation", .text(continuation))]
    }
}

/// An answer with the name of its input file, where there are several.
public struct FileAnswer: Answer {
    public let file: String
    public let answer: any Answer

    public init(_ answer: any Answer, file: String) { (self.answer, self.file) = (answer, file) }

    public var fields: [AnswerField] { [AnswerField("file", .text(file))] + answer.fields }
}
