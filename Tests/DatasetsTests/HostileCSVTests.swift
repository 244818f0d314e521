import Datasets
import Foundation
import HostileInput
import Testing

@Suite("A hostile CSV file")
struct HostileCSVTests {
    private static func series(_ path: String) throws -> SeriesWindows {
        try SeriesWindows(SeriesOptions(file: path, length: 1, horizon: 1, split: SplitFractions()), batchSize: 8, seed: 0)
    }

    private func error(_ csv: [UInt8]) throws -> DatasetError? {
        let files = try TemporaryFiles()
        let path = try files.write(csv, to: "series.csv")
        return fault { _ = try Self.series(path) }
    }

    @Test("a zero byte doesn't end a number: what follows it isn't lost", arguments: ["1\u{0}2", "1\u{0}", "\u{0}", "nan\u{0}1", "\"1\u{0}\""])
    func zeroByte(field: String) throws {
        guard case .malformedCSV(_, line: 2, column: 1, fault: .notANumber)? = try error(Array("a\n\(field)\n2\n3\n".utf8)) else {
            Issue.record("\(field.debugDescription) was taken")
            return
        }
    }

    @Test("each table that was once misread is rejected", arguments: ["zero-byte-in-number.csv"])
    func kept(name: String) {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/hostile")
        let error = fault { _ = try Self.series(folder.appending(path: name).path) }
        #expect(error?.category == .badData)
    }

    @Test("a header of 65,536 columns is read in linear time, and one with one more column is rejected")
    func columns() throws {
        let files = try TemporaryFiles()
        func seconds(_ count: Int) throws -> Double {
            let row = Array(String(repeating: "1,", count: count - 1).utf8) + [0x31, 0x0A]
            let path = try files.write(Array((0..<count).map { "c\($0)" }.joined(separator: ",").utf8) + [0x0A] + row + row, to: "\(count).csv")
            var series: SeriesWindows?
            let elapsed = try ContinuousClock().measure { series = try Self.series(path) }
            #expect(series?.statistics.columns.count == count)
            return elapsed / .seconds(1)
        }
        // The minimum of several: the first run loads code, and would hide quadratic time.
        let few = try (0..<8).map { _ in try seconds(2_048) }.min() ?? 0
        let many = try seconds(65_536)
        #expect(many < 6 * 32 * max(few, 0.005), "2,048 columns took \(few) s, 65,536 \(many) s; quadratic would be 1,024 times as long")
        let header = Array((0...65_536).map { "c\($0)" }.joined(separator: ",").utf8)
        guard case .malformedCSV(_, line: 1, column: 1, fault: .tooManyColumns(found: 65_537, limit: 65_536))? = try error(header) else {
            Issue.record("65,537 columns were taken")
            return
        }
    }

    @Test("lines of 5 million commas are rejected with their number of fields, in little more memory than their bytes")
    func commas() async {
        await #expect(processExitsWith: .success) { exit(Self.commasFailure()) }
    }

    /// The number of the failed check, 0 if all passed. A function, so that its files are removed before the process ends.
    private static func commasFailure() -> Int32 {
        guard let files = try? TemporaryFiles() else { return 4 }
        let commas = [UInt8](repeating: 0x2C, count: 5_000_000)
        let wanted: [([UInt8], CSVFault)] = [
            (commas, .tooManyColumns(found: 5_000_001, limit: 65_536)), (Array("a\n1\n2".utf8) + commas + Array("2".utf8), .fieldCount(found: 5_000_001, wanted: 1)),
        ]
        for (csv, wanted) in wanted {
            guard let path = try? files.write(csv, to: "commas.csv"), case .malformedCSV(_, _, _, wanted)? = fault({ _ = try Self.series(path) }) else { return 2 }
        }
        return peakMemoryByteCount() < 100 << 20 ? 0 : 3
    }

    @Test("one field of 5 MB is read or rejected immediately, and its message shows only a little of it", arguments: ["1", "x", "e\u{301}", "\"\"", "\n"])
    func longField(piece: String) throws {
        let field = "\"" + String(repeating: piece, count: 5_000_000 / piece.utf8.count) + "\""
        var header: DatasetError?
        let elapsed = try ContinuousClock().measure {
            header = try error(Array("a,\(field)\nx,2\n".utf8))
            let number = try error(Array("a\n\(field)\n".utf8))
            #expect(number?.category == .badData && (number?.description.utf8.count ?? 0) < 1000)
        }
        #expect(header?.category == .badData && (header?.description.utf8.count ?? 0) < 1000)
        #expect(elapsed < .seconds(20))
    }

    @Test("an error message stays short if column names are very long", arguments: [0, 1])
    func longNames(of kind: Int) throws {
        let name = String(repeating: "x\u{1B}", count: 1_000_000)
        let csv = kind == 0 ? "\(name),\(name)\n1,2\n" : "\(name)\n\n"
        let message = try #require(try error(Array(csv.utf8))?.description)
        #expect(message.utf8.count < 1000 && !message.utf8.contains(0x1B))
    }
}
