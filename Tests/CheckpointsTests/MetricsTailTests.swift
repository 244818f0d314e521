import Checkpoints
import FileFixtures
import Foundation
import HostileInput
import SeededRandomness
import Testing

@Suite("Metrics too large to be read whole")
struct MetricsTailTests {
    private func line(_ step: Int, _ byteCount: Int = 0) -> String {
        "{\"step\":\(step)" + (byteCount > 0 ? ",\"x\":\"" + String(repeating: "x", count: byteCount) + "\"" : "") + "}\n"
    }

    /// Of `lines` in a file, what stays, and what is said to be left out.
    private func cut(_ lines: [String], through step: Int) throws -> (text: String, omission: MetricsLog.Omission?) {
        let directory = try TemporaryDirectory()
        let path = try directory.file("metrics.jsonl", Array(lines.joined().utf8))
        let omission = try RunDirectory(directory.path).locked().cutLargeMetrics(path, through: step, largestByteCount: 0)
        return (String(decoding: try bytes(of: path), as: UTF8.self), omission)
    }

    @Test("lose what lies behind their last whole line up to the step, looked for from the end")
    func tail() throws {
        for step in 0...6 {
            let lines = (1...5).map { line($0) }
            let (text, omission) = try cut(lines + ["{\"st"], through: step)
            #expect(text == lines.prefix(step).joined())
            #expect(omission == MetricsLog.Omission(laterLineCount: max(0, 5 - step), unreadableLineCount: 1))
        }
        #expect(try cut([line(1), line(2)], through: 2).omission == MetricsLog.Omission())
        let odd = try cut([line(1), "\n", "[1]\n", "\0\0\n", line(9)], through: 3)
        #expect(odd.text == line(1) && odd.omission == MetricsLog.Omission(laterLineCount: 1, unreadableLineCount: 3))
    }

    @Test("wherever the pieces end in which they are read, and with lines longer than any that a run writes")
    func pieces() throws {
        let mebibyte = 1 << 20
        for byteCount in [mebibyte - 40, mebibyte - 19, mebibyte + 7, 2 * mebibyte - 3, 5_000_000] {
            let lines = [line(1), line(2, 600_000), line(3, 700_000), line(4, byteCount), line(5, 900_000), line(6)]
            for step in [2, 3, 5] {
                let (text, omission) = try cut(lines, through: step)
                #expect(text == lines.prefix(step).joined(), "\(byteCount), \(step)")
                #expect((omission?.laterLineCount ?? 0) + (omission?.unreadableLineCount ?? 0) == 6 - step)
            }
        }
    }

    @Test("of several gigabytes, which a crash left behind without a line's end, are cut in seconds and in the memory of a piece")
    func sparse() throws {
        let directory = try TemporaryDirectory()
        let run = try RunDirectory(directory.path).locked()
        guard (try? makeSparseFile(run.directory.metricsPath, beginning: Array(line(7).utf8), byteCount: 3 << 30)) != nil else { return }
        let omission = try run.openMetrics(goingOnFrom: 9).omission
        #expect(omission == MetricsLog.Omission(laterLineCount: 0, unreadableLineCount: 1))
        #expect(try run.directory.readText(named: "metrics.jsonl") == line(7))
    }
}
