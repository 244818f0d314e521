import Charts
import Foundation
import Testing
import XMLElements

@Suite("Pictures")
struct PictureTests {
    static let hostile = "<script>alert(\"1\")</script> & ]]> ' \u{0} \u{1B}[31m \u{202E} 🙂"

    /// One chart of each kind, with `name` as all names and titles, and `values` as the data.
    static func charts(name: String, values: [Double]) -> [Picture] {
        let points = values.enumerated().map { Point(Double($0), $1) }
        var lines = LineChart(
            name, summary: name, x: Axis(name, areWhole: true), y: Axis(name),
            series: [.init(name, points, colour: 0), .init(name, points, style: .faint, colour: 1), .init(name, points, style: .dots, colour: 8)])
        lines.bands = [.init(name, lower: points, upper: points.map { Point($0.x, $0.y + 1) }, colour: 1)]
        lines.remarks = [.init(points.first ?? Point(0, 0), name)]
        lines.uprights = (name, values)
        var logarithmic = lines
        logarithmic.y.kind = .logarithmic
        return [
            lines.picture, logarithmic.picture, Histogram(name, summary: name, name: name, values: values).picture,
            StackedBars(name, summary: name, unit: name, parts: [name, "b"], bars: values.map { .init(name, [$0, 1]) }).picture,
            ConfusionMatrix(name, summary: name, classes: [name, "b"], counts: [[3, 0], [1, 2]]).picture,
            TimeStrips(
                name, subtitle: name, summary: name, names: values.map { _ in name }, timeCount: values.count,
                strips: [.init(name, note: name, curves: [(name, values)], rows: [(name, values)]), .init(name, curves: [(name, values), (name, values)])]
            ).picture,
        ]
    }

    @Test(
        "every chart is well-formed XML for all names and values, alone and in a page",
        arguments: [
            [1.5, 2, 0.25], [], [0], [.nan, .infinity, -.infinity], [-3, 0, 1e300], [1e308, -1e308], [5e-324, 1], [0.997, 1, 0.003], [2, 2, 2],
        ] as [[Double]])
    func wellFormed(values: [Double]) throws {
        for name in [Self.hostile, "", String(repeating: "very long ", count: 50)] {
            for (place, picture) in Self.charts(name: name, values: values).enumerated() {
                let elements = try XMLElements(picture.file)
                #expect(elements.root == "svg" && !elements.names.contains("script"), "chart \(place)")
                #expect(elements.attributes("svg").first?["role"] == "img")
                #expect(elements.texts("title").first == escapedBack(name) && elements.texts("desc").first == escapedBack(name), "chart \(place)")
                let inline = try XMLElements("<div>" + picture.inline(id: "a") + "</div>")
                #expect(inline.attributes("svg").first?["aria-labelledby"] == "a-t a-d" && !inline.names.contains("style"))
                #expect(!picture.file.contains("nan") && !picture.file.contains("inf"), "chart \(place)")
            }
        }
    }

    /// A text as an XML parser returns it: with symbols for control characters.
    private func escapedBack(_ text: String) -> String {
        text.replacing("\u{0}", with: "\u{2400}").replacing("\u{1B}", with: "\u{241B}")
    }

    @Test("no coordinate is outside its picture")
    func inside() throws {
        for picture in Self.charts(name: "a", values: [1.5, 2, 0.25, 7, 3]) {
            let elements = try XMLElements(picture.file)
            for list in elements.attributes("polyline").compactMap({ $0["points"] }) {
                for pair in list.split(separator: " ") {
                    let numbers = pair.split(separator: ",").compactMap { Double($0) }
                    #expect(numbers.count == 2 && (0...picture.width).contains(numbers[0]) && (0...picture.height).contains(numbers[1]), "\(picture.title): \(pair)")
                }
            }
            for place in elements.attributes("rect") where place["width"] != "100%" {
                let (x, width) = (Double(place["x"] ?? "") ?? -1, Double(place["width"] ?? "") ?? -1)
                #expect(x >= 0 && width >= 0 && x + width <= picture.width + 0.1, "\(place)")
            }
        }
    }

    @Test("no text extends beyond its picture: captions wrap, and a strip with many names gets wider")
    func textsInside() throws {
        let names = (1...4).map { "a column of some name \($0)" }
        let curves = names.map { (name: $0, values: [1.0, 2, 3]) }
        let caption = "layer 1; a curve is a unit's cell; below it its forget, input and output gate, the stronger the more open"
        let strips = TimeStrips(
            "a title", subtitle: caption, summary: "", names: ["a", "b", "c"], timeCount: 3, strips: [.init("it reads", note: "the first 4 of 9 columns", curves: curves)])
        var dated = LineChart("dated", summary: "", x: Axis("", areWhole: true, valueNames: Self.dates), y: Axis("y"), series: [.init("s", Self.line, colour: 0)])
        dated.width = 480
        for picture in [strips.picture, dated.picture] {
            let elements = try XMLElements(picture.file)
            for (text, place) in zip(elements.texts("text"), elements.attributes("text")) {
                // A letter of a sans serif font is on average about half as wide as high, or slightly wider.
                let width = Double(text.count) * (Double(place["font-size"] ?? "") ?? 0) * 0.55
                let x = try #require(Double(place["x"] ?? ""))
                let start = place["text-anchor"] == "end" ? x - width : place["text-anchor"] == "middle" ? x - width / 2 : x
                #expect(start >= -1 && start + width <= picture.width + 1, "\(text)")
            }
        }
        let elements = try XMLElements(strips.picture.file)
        let captions = zip(elements.texts("text"), elements.attributes("text")).filter { $1["x"] == "8" && $1["font-size"] == "10.5" }.map(\.0)
        #expect(captions.count >= 2 && captions.joined(separator: " ") == caption)
    }

    private static let dates = (0..<400).map { "20\(10 + $0 / 100)-\(10 + $0 / 10 % 10)-\(10 + $0 % 10)" }
    private static let line = (100..<400).map { Point(Double($0), 1) }

    @Test("an axis with named values shows the names at its ticks, as many as fit")
    func namedValues() throws {
        let chart = LineChart("dated", summary: "", x: Axis("", areWhole: true, valueNames: Self.dates), y: Axis("y"), series: [.init("s", Self.line, colour: 0)])
        let elements = try XMLElements(chart.picture.file)
        let shown = zip(elements.texts("text"), elements.attributes("text")).filter { Self.dates.contains($0.0) }
        #expect(shown.count >= 2 && shown.first?.0 == Self.dates[100])
        let places = shown.compactMap { Double($0.1["x"] ?? "") }
        #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 > 60 })
        #expect(!elements.texts("text").contains("100") && !elements.texts("text").contains("200"))
    }

    @Test("a gate that is nearly open is drawn as open, and a closed one isn't drawn")
    func opacities() throws {
        let picture = TimeStrips(
            "t", subtitle: "", summary: "", names: [], timeCount: 5, strips: [.init("unit", rows: [("forget", [0.997, 0.9949, 0.5, 0.05, 0.001])])]
        ).picture
        let cells = try XMLElements(picture.file).attributes("rect").filter { $0["class"] == "f-heat" }
        #expect(cells.map { $0["fill-opacity"] } == [nil, "0.99", "0.50", "0.05"])
    }

    @Test("a chart of a million points is a small file")
    func bounded() {
        let points = (0..<1_000_000).map { Point(Double($0), Double($0 * 7919 % 10007)) }
        let series = (0..<10).map { LineChart.Series("run \($0)", points, colour: $0) }
        let chart = LineChart("many", summary: "", x: Axis("step"), y: Axis("loss"), series: series)
        #expect(chart.picture.file.utf8.count < 150_000)
    }

    @Test("a separate file has its own colours, light and dark, refers to no other file, and is readable without CSS variables")
    func standsAlone() throws {
        let file = Self.charts(name: "a", values: [1, 2])[0].file
        #expect(file.contains("prefers-color-scheme:dark") && file.contains("--series-0:"))
        #expect(file.components(separatedBy: "http").count == 2 && file.contains("xmlns=\"http://www.w3.org/2000/svg\""))
        let elements = try XMLElements(file)
        #expect(!elements.attributes("polyline").isEmpty && elements.attributes("polyline").allSatisfy { $0["fill"] == "none" && $0["stroke"]?.hasPrefix("#") == true })
        #expect(elements.attributes("text").allSatisfy { $0["fill"]?.hasPrefix("#") == true })
    }

    @Test("a length is rounded to a tenth")
    func coordinates() {
        #expect([0, 12, 12.04, 12.05, -0.04, -3.25, 1e300].map(coordinate) == ["0", "12", "12", "12.1", "0", "-3.3", "1000000"])
    }
}
