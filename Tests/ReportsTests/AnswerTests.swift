import Communication
import Datasets
import Foundation
import Inference
import Runs
import Testing

/// Answers to new data; here because there are trained runs.
@Suite("Answers of a model")
struct AnswerTests {
    private static let sequences = """
        {"data": {"kind": "sequences", "files": "FOLDER/rows.csv", "label": "kind", "features": 2, "validationFraction": 0.2},
         "model": {"hidden": 7}, "training": {"batch": 10, "steps": 30}, "optimizer": {"learningRate": 0.02}}
        """

    /// 300 rows of 1 to 4 steps: more than are computed at once.
    private static let rows = "a,b,c,d,e,f,g,h,kind\n" + (0..<300).map { row in
        let steps = (0..<4).map { $0 <= row * 7 % 4 ? "\(row % 2 == 0 ? $0 : -$0),\(row * 37 % 11)" : "," }
        return (steps + [["up", "down, or so"][row % 2] == "up" ? "up" : "\"down, or so\""]).joined(separator: ",") + "\n"
    }.joined()

    @Test("a row's class and probabilities are those of the evaluation of the same rows, with the column of classes and without it")
    func classes() throws {
        let run = try TestRun(Self.sequences, files: ["rows.csv": Self.rows])
        defer { run.remove() }
        let trained = try TrainedRun(run.path)
        let meaning = try #require(try trained.meaning() as? SequenceMeaning)
        let path = run.folder.appending(path: "rows.csv").path
        let classifier = try RowClassifier(run: trained, meaning: meaning, team: TestRun.team)
        let answers = try classifier.answers(for: classifier.rows(of: TableFile(path: path)), of: path, group: SingleProcess())
        #expect(answers.map(\.row) == Array(1...300) && answers.prefix(2).map(\.label) == ["up", "down, or so"])

        let data = try trained.data(files: [path])
        var rightCount = 0
        try trained.visitPredictions(of: .test, data: data, team: TestRun.team) { prediction in
            let answer = answers[prediction.sequence]
            #expect(answer.likeliest == prediction.likeliest)
            let weights = prediction.outputs.map { exp(Double($0)) }
            for (found, weight) in zip(answer.probabilities, weights) { #expect(abs(Double(found) - weight / weights.reduce(0, +)) < 1e-6) }
            if answer.classes[answer.likeliest] == answer.label { rightCount += 1 }
        }
        let evaluation = try trained.evaluate(.test, data: data, group: SingleProcess(), team: TestRun.team)
        #expect(evaluation.targetCount == 300 && Double(rightCount) / 300 == evaluation.accuracy)

        let unlabelled = Self.rows.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).prefix(8).joined(separator: ",") }
        let other = run.folder.appending(path: "other.csv")
        try Data(unlabelled.joined(separator: "\n").utf8).write(to: other)
        let same = try classifier.answers(for: classifier.rows(of: TableFile(path: other.path)), of: "other.csv", group: SingleProcess())
        #expect(same.allSatisfy { $0.label == nil } && same.map(\.probabilities) == answers.map(\.probabilities))
    }

    @Test("the forecast from a file's end is what the evaluation of a longer file predicts there, in the file's units", arguments: [false, true])
    func forecast(isRelative: Bool) throws {
        let run = try TestRun(
            TestRun.series.replacing(#""horizon": 2"#, with: #""horizon": 2, "relative": \#(isRelative)"#), files: ["series.csv": TestRun.table])
        defer { run.remove() }
        let trained = try TrainedRun(run.path)
        let data = try trained.data(files: [run.folder.appending(path: "series.csv").path])
        let windows = try #require(data.dataset as? SeriesWindows)
        var wanted: [Double] = []
        try trained.visitPredictions(of: .test, data: data, team: TestRun.team) { prediction in
            wanted = windows.restored(prediction.outputs, ofExample: prediction.sequence, in: .test)
        }
        // The other order of the columns, with one more, and without the two rows that are forecast.
        let lines = TestRun.table.split(separator: "\n").dropLast(2).enumerated().map { place, line in
            let fields = line.split(separator: ",")
            return "\(fields[1]),\(fields[0]),\(place == 0 ? "day" : CalendarDays.text(place))"
        }
        let path = run.folder.appending(path: "past.csv").path
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        let forecaster = try SeriesForecaster(run: trained, team: TestRun.team)
        let answers = try forecaster.answers(after: forecaster.pasts(of: TableFile(path: path))[0], of: path)
        #expect(answers.flatMap(\.values) == wanted && wanted.count == 4)
        #expect(answers.map(\.row) == [149, 150] && answers.map(\.ahead) == [1, 2] && answers[0].targets == ["b<i>", "a"])
        #expect(answers.map(\.time) == [CalendarDays.text(149), CalendarDays.text(150)])
    }

    @Test("a table quotes what needs it, leaves out columns without a value, and is recognised as answers, as JSON lines are")
    func formats() throws {
        let answers: [any Answer] = [
            ClassAnswer(row: 1, classes: ["a,b", "\"c\""], probabilities: [0.25, 0.75], label: nil),
            ClassAnswer(row: 2, classes: ["a,b", "\"c\""], probabilities: [0.5, 0.5], label: nil),
        ]
        func text(_ format: AnswerFormat, _ answers: [any Answer]) throws -> String { try String(decoding: format.bytes(answers), as: UTF8.self) }
        #expect(try text(.csv, answers).split(separator: "\n") == [
            #"row,class,probability,"probability of a,b","probability of ""c""""#, #"1,"""c""",0.75,0.25,0.75"#, #"2,"a,b",0.5,0.5,0.5"#,
        ])
        let forecast = ForecastAnswer(ahead: 1, row: 9, time: "2024-01-01", targets: ["row", "x"], values: [1e300, 0.1])
        #expect(try text(.csv, [forecast]) == "ahead,row,time,forecast of row,x\n1,9,2024-01-01,1e+300,0.1\n")
        let line = TextAnswer(line: 1, prompt: "a", continuation: " b\n")
        #expect(try text(.csv, [FileAnswer(line, file: "p.txt")]) == "file,line,prompt,continuation\np.txt,1,a,\" b\n\"\n")
        #expect(try text(.jsonLines, [forecast]) == #"{"ahead":1,"row":9,"time":"2024-01-01","forecast":{"row":1e+300,"x":0.1}}"# + "\n")
        for answer in [answers[0], forecast, line, FileAnswer(answers[1], file: "a"), FileAnswer(line, file: "a")] {
            for format in AnswerFormat.allCases { #expect(try AnswerFormat.holdsAnswers(format.bytes([answer])), "\(format): \(answer)") }
        }
        for other in ["row,sales\n1,2\n", "{\"row\":1}\n", "file,row\n", "PK\u{3}\u{4}", ""] { #expect(!AnswerFormat.holdsAnswers(Array(other.utf8))) }
    }
}

/// Days from 1 January 2023 on.
private enum CalendarDays {
    static func text(_ day: Int) -> String {
        let date = Date(timeIntervalSince1970: 1_672_531_200 + Double(day) * 86_400)
        return String(date.ISO8601Format().prefix(10))
    }
}
