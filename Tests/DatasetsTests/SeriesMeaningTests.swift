import Batches
import Datasets
import Testing

@Suite("What a series model's inputs and outputs mean")
struct SeriesMeaningTests {
    private let files: TemporaryFiles

    init() throws { files = try TemporaryFiles(inMemory: true) }

    private func scaling(_ change: (inout SeriesOptions) -> Void) throws -> SeriesScaling {
        let rows = (0..<40).map { "\(["a", "b"][$0 % 2]),2024-01-\($0 / 2 < 9 ? "0" : "")\($0 / 2 + 1),\($0 * 7 % 11),\($0 % 3),\(["x", "y"][$0 / 2 % 2])\n" }
        var options = SeriesOptions(
            file: try files.write("id,date,y,p,kind\n" + rows.joined(), to: "t.csv"), columns: ["y", "p"], targets: ["y"], length: 4, horizon: 2,
            split: try SplitFractions(validation: 0.2), id: "id")
        change(&options)
        return try SeriesWindows(options, batchSize: 8, seed: 1).scaling
    }

    private static let changes: [(key: String, change: @Sendable (inout SeriesOptions) -> Void)] = [
        ("training.loss", { $0.loss = .likelihood(.gaussian, interval: 0.8) }), ("training.loss", { $0.loss = .likelihood(.negativeBinomial, interval: 0.8) }),
        ("training.loss", { $0.loss = .quantiles(interval: 0.8) }), ("data.lag", { $0.lag = 2 }), ("data.relative", { $0.relative = true }),
        ("data.horizon", { $0.horizon = 3 }), ("data.scaling", { $0.scaling = .series }), ("data.calendar", { $0.calendar = [.dayOfWeek] }),
        ("data.future", { $0.future = ["p"] }), ("column 3 is 'kind=x' here, and none there", { $0.categories = ["kind"] }),
        ("predicted column 1 is 'p' here, and 'y' there", { $0.targets = ["p"] }),
    ]

    @Test("weights of a model whose inputs or outputs mean something else are refused with the key that differs", arguments: 0..<changes.count)
    func differs(place: Int) throws {
        let (key, change) = Self.changes[place]
        let (plain, other) = (try scaling { _ in }, try scaling(change))
        #expect(other.firstDifferenceOfNames(from: plain)?.contains(key) == true, "\(String(describing: other.firstDifferenceOfNames(from: plain)))")
        #expect(plain.firstDifferenceOfNames(from: other) != nil)
        #expect(try other.firstDifferenceOfNames(from: scaling(change)) == nil)
    }

    @Test("losses of one value each mean the same outputs")
    func same() throws {
        let (squared, absolute) = (try scaling { _ in }, try scaling { $0.loss = .absoluteError })
        #expect(absolute.firstDifferenceOfNames(from: squared) == nil)
    }
}
