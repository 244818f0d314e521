import Datasets
import Testing

@Suite("What files of labelled sequences show of themselves")
struct SequenceFileSurveyTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles() }

    @Test("lines of sets of labels are known; tables, texts and numbers are not sets", arguments: [
        ("music.txt", "60,64,67 62,65 -\n55 - 57,60\n", true), ("table.csv", "a,b,c\n1,2,3\n4,5,6\n", false), ("spaced.csv", "1, 2, 3\n4, 5, 6\n", false),
        ("text.txt", "the cat, the dog\nsat, ran\n", false), ("numbers.txt", "1 2 3\n4 5 6\n", false), ("one.txt", "60,64 62\n", false),
        ("decimals.txt", "1,5 2,5 x\n1,5 2,5 y\n", false),
    ])
    func sets(name: String, text: String, isSets: Bool) throws {
        let survey = try SequenceFileSurvey(ofFile: files.write(text, to: name))
        #expect((survey?.format == .sets && survey?.target == .next) == isSets, "\(String(describing: survey))")
        if isSets { #expect(survey?.sequenceCount == 2 && survey?.classes == ["55", "57", "60", "62", "64", "65", "67"]) }
    }

    @Test("missing numbers don't hide what a file is, and are said to be there", arguments: [true, false])
    func gaps(hasGaps: Bool) throws {
        let (null, mark) = hasGaps ? ("null", "?") : ("2", "2")
        let lines = (0..<8).map { #"{"x": [[1, \#(null)], [\#($0), 3]], "kind": "\#($0 % 2 == 0 ? "a" : "b")"}"# + "\n" }.joined()
        let survey = try #require(try SequenceFileSurvey(ofFile: files.write(lines, to: "x.jsonl")))
        #expect(survey.label == "kind" && survey.columns == ["x"] && survey.hasGaps == hasGaps)
        let archive = try #require(try SequenceFileSurvey(ofFile: files.write("@classLabel true a b\n@data\n1,\(mark),3:a\n1,2:b\n", to: "x.ts")))
        #expect(archive.sequenceCount == 2 && archive.hasGaps == hasGaps)
    }
}
