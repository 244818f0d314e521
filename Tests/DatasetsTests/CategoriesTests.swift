import Batches
import Datasets
import Foundation
import Testing

@Suite("Columns of categories")
struct CategoriesTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    /// Two shops in turn, with a wind that changes.
    private static let rows = (0..<24).map { "\(["a", "b"][$0 % 2]),2024-01-\($0 / 2 < 9 ? "0" : "")\($0 / 2 + 1),\($0 * $0 % 17),\(["NW", "SE", "calm"][$0 * 5 % 7 % 3])\n" }
    private static let csv = "shop,date,y,wind\n" + rows.joined()

    private func options(_ csv: String = csv, categories: [String], columns: [String] = ["y"], id: String = "shop") throws -> SeriesOptions {
        SeriesOptions(
            file: try files.write(csv, to: "table.csv"), columns: columns, targets: ["y"], length: 3, horizon: 1, split: try SplitFractions(validation: 0.2), id: id,
            categories: categories)
    }

    private func windows(_ options: SeriesOptions, statistics: SeriesStatistics? = nil) throws -> SeriesWindows {
        try SeriesWindows(options, batchSize: 100, seed: 0, statistics: statistics)
    }

    private func inputs(_ windows: SeriesWindows, _ part: DataPart = .training) -> [[Float]] { windows.batches(of: .evaluation(part)).allColumns().map(\.vectors) }

    @Test("are what a table with columns of 0 and 1 in their place gives, unscaled, relative to a row or not", arguments: [false, true], [SeriesScale.global, .series])
    func indicators(isRelative: Bool, scaling: SeriesScale) throws {
        var options = try options(categories: ["wind", "shop"])
        (options.relative, options.scaling) = (isRelative, scaling)
        let found = try windows(options)
        #expect(found.featureNames == ["y", "wind=NW", "wind=SE", "wind=calm", "shop=a", "shop=b"] && found.targetNames == ["y"])
        #expect(found.statistics.columns.dropFirst().allSatisfy { $0.mean == 0 && $0.deviation == 1 })
        options.categories = []
        let plain = try windows(options)
        let lines = Self.rows.map { $0.dropLast().split(separator: ",").map(String.init) }
        for (place, (mine, theirs)) in zip(inputs(found), inputs(plain)).enumerated() {
            // A training window of a shop: of 9 rows the 6 first ones.
            let (shop, start) = place.quotientAndRemainder(dividingBy: inputs(plain).count / 2)
            for time in 0..<3 {
                let line = lines[(start + time) * 2 + shop]
                #expect(mine[time * 6] == theirs[time])
                #expect(Array(mine[time * 6 + 1..<time * 6 + 6]) == ["NW", "SE", "calm"].map { $0 == line[3] ? 1 : 0 } + ["a", "b"].map { $0 == line[0] ? 1 : 0 })
            }
        }
        #expect(found.fingerprint != plain.fingerprint)
    }

    @Test("known ahead, the category of the row to forecast is read")
    func ahead() throws {
        var options = try options(categories: ["wind"])
        let plain = inputs(try windows(options))
        options.future = ["wind"]
        let found = try windows(options)
        for (early, late) in zip(plain, inputs(found)) {
            // One row later, beside the same number.
            #expect(late[0] == early[0] && Array(late[1..<4]) == Array(early[5..<8]))
        }
        let next = try files.write("shop,wind\na,SE\nb,storm\n", to: "next.csv")
        let pasts = try SeriesPast.all(
            of: TableFile(path: options.files[0]), scaling: found.scaling, reading: TableReading(), id: "shop", future: TableFile(path: next))
        #expect(pasts.map(\.future) == [[[0, 1, 0]], [[0, 0, 0]]])
        #expect { try SeriesPast.all(of: TableFile(path: options.files[0]), scaling: found.scaling, reading: TableReading(), id: "shop") } throws: {
            "\($0)".contains("the model reads 'wind' of the rows to forecast, too")
        }
    }

    @Test("a stored run's values count: another one is none of them, and is noted; a missing one is still there")
    func stored() throws {
        let found = try windows(options(categories: ["wind"]))
        let other = try options(Self.csv.replacing("calm", with: "storm"), categories: ["wind"])
        let again = try windows(other, statistics: found.statistics)
        #expect(again.featureNames == found.featureNames)
        let count = Self.rows.count { $0.contains("calm") }
        #expect(again.notes.contains { $0.hasPrefix("\(count) rows with a category that training didn't have") && $0.hasSuffix("'wind=storm'") }, "\(again.notes)")
        for (mine, theirs) in zip(inputs(again), inputs(found)) {
            for time in 0..<3 { #expect(mine[time * 4..<time * 4 + 3] == theirs[time * 4..<time * 4 + 3] && mine[time * 4 + 3] == 0) }
        }
        let scaling = try SeriesScaling(
            found.statistics, columns: ["y"], targets: ["y"], length: 3, horizon: 1, isRelative: false, categories: ["wind"], file: "statistics.json")
        #expect(scaling.neededColumns == ["y", "wind=NW", "wind=SE", "wind=calm"] && scaling.readsIndicators)
    }

    @Test("codes, quoted texts, blanks around them and lines that aren't rows; all columns but these are the numbers")
    func forms() throws {
        let csv = "code,y,kind\n" + (0..<12).map { "\($0 % 3 * 10), \($0 * 7 % 5) ,\" \(["é, x", "none"][$0 % 2]) \"\n" }.joined() + "\n2 of 12 were counted twice\n"
        var options = try options(csv, categories: ["kind", "code"], columns: [], id: "")
        let found = try windows(options)
        #expect(found.featureNames == ["y", "kind=none", "kind=é, x", "code=0", "code=10", "code=20"])
        #expect(found.notes.contains { $0.hasPrefix("a footer is left out: line 15") } && found.notes.count == 1, "\(found.notes)")
        options.files.append(try files.write("code,y,kind\n7,1,none\n7,2,none\n", to: "more.csv"))
        // A value that training doesn't have is none of them, so that rows that are left out, or judged, change no model.
        let longer = try windows(options)
        #expect(longer.featureNames == found.featureNames && longer.notes.contains { $0.hasPrefix("2 rows with a category that training didn't have") }, "\(longer.notes)")
        #expect(try windows(options, statistics: longer.statistics).fingerprint == longer.fingerprint)
    }

    @Test("of a category that is missing one value is counted, by its own name; all unknown values are counted")
    func counts() throws {
        let rows = (0..<12).map { "\($0),\($0 == 4 ? "" : ["a", "b", "c"][$0 % 3])\n" }
        #expect { try windows(options("y,kind\n" + rows.joined(), categories: ["kind"], id: "")) } throws: {
            "\($0)".contains("1 value is missing in 1 of 12 rows (column 'kind' 1); the first is empty in line 6.")
        }
        let found = try windows(options(categories: ["wind"]))
        var lines = Self.rows
        for row in 0..<20 { lines[row] = lines[row].replacing(/,[A-Za-z]+\n/, with: ",w\(row)\n") }
        let notes = try windows(options("shop,date,y,wind\n" + lines.joined(), categories: ["wind"]), statistics: found.statistics).notes
        #expect(notes.contains { $0.hasPrefix("20 rows with a category") && $0.hasSuffix("and 10 more") }, "\(notes)")
    }

    @Test("a row that lacks its numbers has its categories all the same; a header in between is no row")
    func missing() throws {
        let rows = (0..<12).map { "\($0 == 5 || $0 == 2 ? "" : "\($0)"),\(["a", "b"][$0 % 2])\n" }
        var options = try options("y,kind\n" + rows[..<7].joined() + "y,kind\n" + rows[7...].joined(), categories: ["kind"], id: "")
        options.reading.missing = .fill
        let found = try windows(options)
        #expect(found.featureNames == ["y", "kind=a", "kind=b"])
        #expect(found.notes.contains { $0.hasPrefix("2 values are missing in 2 of 12 rows (column 'y' 2)") }, "\(found.notes)")
        #expect(inputs(found).map { Array($0[1..<3]) } == (0..<inputs(found).count).map { $0 % 2 == 0 ? [1, 0] : [0, 1] })
    }

    private static let faults: [(String, [String], [String], String)] = [
        (csv, ["sky"], ["y"], "no column 'sky'"), (csv, ["wind"], ["y", "wind"], "data.columns is a list with 'wind', which data.categories has"),
        (csv, ["wind"], ["y", "wind=NW"], "data.columns is a list with 'wind=NW'"),
        (csv.replacing("shop", with: "wind=1"), ["wind"], ["y"], "which is called like one of its values"),
        ("y,c\n1,\n2,\n3,\n4,\n5,\n", ["c"], ["y"], "column 'c' (data.categories) is empty in all rows"), ("y,c\n1,a\n2,b\n3,\n4,a\n", ["c"], ["y"], "missing"),
        ("c,d\n1,a\n2,b\n", ["c", "d"], [], "a list that leaves a column of numbers"), ("y,c\n1,a\n2,b\n3,a,7\n4,a\n", ["c"], ["y"], "3 fields"),
        ("y,c\n" + (0..<1100).map { "\($0),v\($0)\n" }.joined(), ["c"], ["y"], "which has more than 1,024 values"),
    ]

    @Test("what can't be is refused: unknown columns, names that stand for two, no value, too many", arguments: faults)
    func refused(csv: String, categories: [String], columns: [String], words: String) throws {
        var options = try options(csv, categories: categories, columns: columns, id: "")
        if columns.isEmpty { options.targets = [] }
        #expect { try windows(options) } throws: { "\($0)".contains(words) }
    }

    @Test("a survey takes text of few values that return often, not ids, nor names")
    func survey() throws {
        let rows = (0..<80).map { "\($0 * $0 % 13),\(["N", "S"][$0 / 3 % 2]),name \($0),\($0 % 5 == 0 ? "x" : "")\n" }
        let survey = try TableSurvey(ofFiles: [files.write("y,wind,name,mark\n" + rows.joined(), to: "t.csv")])
        #expect(survey.categoryColumns == ["wind"] && !survey.leftOutInWords.contains("wind") && survey.leftOutInWords.contains("'name'"))
    }
}
