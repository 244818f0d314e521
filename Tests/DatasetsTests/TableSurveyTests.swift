import Datasets
import Testing

@Suite("Surveys of tables")
struct TableSurveyTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    private func survey(_ text: String, _ name: String = "t.csv") throws -> TableSurvey { try TableSurvey(ofFiles: [files.write(text, to: name)]) }

    private static func rows(_ isGrouped: Bool, _ line: (_ shop: String, _ day: Int) -> String) -> String {
        let (shops, days) = (["north", "south", "west"], Array(1...40))
        return isGrouped
            ? shops.flatMap { shop in days.map { line(shop, $0) } }.joined() : days.flatMap { day in shops.map { line($0, day) } }.joined()
    }

    @Test("a text column whose values have day numbers of their own tells series apart; the day numbers are no input", arguments: [true, false])
    func counted(isGrouped: Bool) throws {
        let found = try survey("shop,kind,day,sales\n" + Self.rows(isGrouped) { "\($0),\($1 % 3 == 0 ? "fair" : "usual"),\($1),\($1 * $1 % 23)\n" })
        #expect(found.id == "shop" && found.seriesCount == 3 && found.longestRowCount == 40)
        #expect(found.numberColumns == ["sales"] && found.categoryColumns == ["kind"] && found.leftOutInWords == "'day' (counts each series' rows)")
    }

    @Test("a column that doesn't count each value's rows makes no series, nor does a month's name beside a year")
    func single() throws {
        let wind = try survey("hour,wind,load\n" + (0..<240).map { "\($0 % 24),\(["N", "S"][$0 * $0 % 7 % 2]),\($0 * $0 % 31)\n" }.joined())
        #expect(wind.id == nil && wind.categoryColumns == ["wind"] && wind.numberColumns == ["hour", "load"])
        let months = ["Jan", "Feb", "Mar", "Apr"]
        let season = try survey("winter,part,load\n" + (0..<160).map { "\($0 / 4),\(months[$0 % 4]),\($0 * $0 % 31)\n" }.joined())
        #expect(season.id == nil && season.categoryColumns == ["part"])
        let counter = try survey("n,wind,load\n" + (0..<90).map { "\($0 * 2),\(["N", "S"][$0 * $0 % 7 % 2]),\($0 * $0 % 31)\n" }.joined())
        #expect(counter.id == nil)
    }

    @Test("text with empty fields is left out with how many, and could be a category where its values are few")
    func gaps() throws {
        let rows = (0..<90).map { "\($0 * $0 % 13),\($0 % 3 == 0 ? "" : ["fair", "fog"][$0 % 2]),\($0 % 2 == 0 ? "" : "remark \($0)")\n" }
        let found = try survey("y,sky,remark\n" + rows.joined())
        // As a category, a mark of missing values is a value like others.
        #expect(try survey("y,sky\n" + (0..<80).map { "\($0 * $0 % 13),\(["fair", "NA"][$0 % 2])\n" }.joined()).categoryColumns == ["sky"])
        #expect(found.categoryColumns.isEmpty && found.categoryColumnsWithGaps == ["sky"])
        #expect(found.leftOutInWords.contains("'sky' (text, such as \"fog\", and empty in 30 rows)"))
        #expect(found.leftOutInWords.contains("'remark' (text, such as \"remark 1\", and empty in 45 rows)"))
    }

    @Test("GluonTS's feat_static_cat is a column of categories, unless it is the same everywhere or of too many values")
    func codes() throws {
        func line(_ series: Int, _ codes: String) -> String {
            "{\"item_id\": \"s\(series)\", \"target\": [\((0..<30).map { "\($0 * $0 % 17 + series)" }.joined(separator: ", "))], \"feat_static_cat\": \(codes)}\n"
        }
        let found = try survey((0..<4).map { line($0, "[\($0 % 2), 7, \($0)]") }.joined(), "t.jsonl")
        #expect(found.id == "item_id" && found.categoryColumns == ["feat_static_cat 1", "feat_static_cat 3"] && found.numberColumns == ["target"])
        #expect(found.leftOutInWords == "'feat_static_cat 2' (the same in every row)")
        let many = try survey((0..<40).map { line($0, "[\($0)]") }.joined(), "many.jsonl")
        #expect(many.categoryColumns.isEmpty && many.leftOutInWords.contains("'feat_static_cat' (codes of categories, more than"))
    }
}
