import Datasets
import Files
import HostileInput
import Testing

extension MutationTests {
    @Test("corrupted files of series in other forms are rejected, or read as finite windows, and never trap", arguments: ["a.jsonl", "rows.jsonl", "a.npz", "a.npy", "wide.csv"])
    func seriesForms(name: String) throws {
        let files = try TemporaryFiles(inMemory: true)
        let tokens = [
            "{", "}", "[", "]", "[[", "\"", ",", ":", "null", "NaN", "-Infinity", "1e999", "target", "start", "freq", "\"B\"", "9999-12-31", "feat_dynamic_real", "\n", "\r\n",
            "\u{FEFF}", "\u{0}", "shape", "(2,)", "<f8", "<i8", "<U3", "\u{D7FF}",
        ].map { Array($0.utf8) }
        var (refusedCount, takenCount) = (0, 0)
        let slowest = try fuzz("mutations of series in \(name)", runCount: 3_000) { mutator in
            let (document, other) = (Self.series(name, &mutator), Self.series(name, &mutator))
            let isWithin = name == "a.npz" && Bool.random(using: &mutator)
            let path = try files.write(
                isWithin ? Self.seriesArchive(&mutator) { mutator, array in mutator.spoilt(array, other: array, tokens: tokens) }
                    : mutator.spoilt(document, other: other, tokens: tokens),
                to: name)
            do throws(DatasetError) {
                let options = SeriesOptions(
                    file: path, columns: name == "a.npy" ? ["column1"] : name == "a.jsonl" ? ["target"] : name == "a.npz" ? ["X 1"] : ["y"], length: 1, horizon: 1,
                    split: try SplitFractions(), id: name == "a.npy" ? "" : "item_id")
                let series = try SeriesWindows(options, batchSize: 3, seed: 1)
                takenCount += 1
                if !Self.isFinite(series) { Issue.record("seed \(mutator.seed)") }
                _ = try SeriesPast.all(of: TableFile(path: path), scaling: series.scaling, reading: TableReading(), id: options.id)
            } catch {
                refusedCount += 1
                if error.description.utf8.count > 5000 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        expectBoth(refusedCount, takenCount, slowest)
    }

    /// A small file of two series of a few rows, in the form that `name` shows.
    private static func series(_ name: String, _ mutator: inout Mutator) -> [UInt8] {
        let values = (0..<2).map { _ in (0..<Int.random(in: 4...7, using: &mutator)).map { _ in Int.random(in: -99...99, using: &mutator) } }
        func list(_ values: [Int]) -> String { "[" + values.map(String.init).joined(separator: ", ") + "]" }
        let rows: [(Int, Int, Int)] = values.enumerated().flatMap { series, values in values.enumerated().map { (series, $0.offset, $0.element) } }
        switch name {
        case "a.jsonl":
            let lines = values.enumerated().map { "{\"item_id\": \"s\($0)\", \"start\": \"2024-01-29\", \"freq\": \"B\", \"target\": \(list($1)), \"feat_dynamic_real\": [\(list($1 + [1]))]}" }
            return Array(lines.joined(separator: "\n").utf8)
        case "rows.jsonl": return Array(rows.map { "{\"item_id\": \"s\($0)\", \"ds\": \"2024-01-0\($1 + 1)\", \"y\": \($2)}\n" }.joined().utf8)
        case "wide.csv":
            let text = "item_id,ds,y\n" + rows.map { "s\($0),2024-01-0\($1 + 1),\($2)\n" }.joined()
            return ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        case "a.npy": return NumpyArray(rows.map { Double($0.2) }, shape: [rows.count]).bytes
        default: return seriesArchive(&mutator) { $1 }
        }
    }

    /// Two series of arrays, one of which `change` changes.
    private static func seriesArchive(_ mutator: inout Mutator, _ change: (inout Mutator, [UInt8]) -> [UInt8]) -> [UInt8] {
        let arrays = [
            NumpyArray((0..<20).map { _ in Double.random(in: -9...9, using: &mutator) }, shape: [2, 5, 2]), NumpyArray(["a", "b"]),
            NumpyArray((0..<2).map { _ in Int64.random(in: 3...5, using: &mutator) }, shape: [2]),
        ]
        let odd = Int.random(in: 0..<3, using: &mutator)
        var archive = ZipArchive()
        for (place, (name, array)) in zip(["X.npy", "item_id.npy", "lengths.npy"], arrays).enumerated() {
            archive.add(name, place == odd ? change(&mutator, array.bytes) : array.bytes)
        }
        return archive.finished()
    }
}
