import Foundation
import Testing

import TensorBoard

@Suite struct EventTests {
    // Values of RFC 3720, B.4.
    @Test("CRC-32C has the RFC's values")
    func checksums() {
        #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(of: (0..<32).map(UInt8.init)) == 0x46DD_794E)
        #expect(CRC32C.checksum(of: "123456789".utf8) == 0xE306_9283)
    }

    private func event(step: Int) -> TensorBoardEvent {
        var event = TensorBoardEvent(step: step, wallTime: 1_700_000_000.5)
        event.add("loss", scalar: 0.25)
        return event
    }

    @Test("records of later steps are dropped, and complete ones of earlier steps are unchanged", arguments: [0, 1, 127, 128, 300, 1 << 40])
    func kept(step: Int) {
        let file = TensorBoardEvent.beginning(wallTime: 1) + event(step: step).record + event(step: step + 1).record
        let all = EventRecord.kept(of: file, through: step + 1)
        #expect(all.isAll && all.records.flatMap { $0 } == file)
        let some = EventRecord.kept(of: file, through: step)
        #expect(!some.isAll && some.records.flatMap { $0 } == TensorBoardEvent.beginning(wallTime: 1) + event(step: step).record)
        #expect(some.records.map { EventRecord.isBeginning($0) } == [true, true, false])
    }

    @Test("a file truncated anywhere gives its complete records")
    func cut() {
        let records = [TensorBoardEvent.beginning(wallTime: 1), event(step: 1).record, event(step: 2).record]
        let file = records.flatMap { $0 }
        for length in 0..<file.count {
            let found = EventRecord.kept(of: Array(file.prefix(length)), through: 10)
            let bytes = found.records.flatMap { $0 }
            #expect(file.starts(with: bytes) && bytes.count <= length)
            #expect(found.isAll == (bytes.count == length), "cut at \(length)")
        }
    }

    @Test("a flipped bit ends the file, wherever it is")
    func turned() {
        let file = event(step: 3).record + event(step: 4).record
        for bit in 0..<8 * file.count {
            var damaged = file
            damaged[bit / 8] ^= 1 << (bit % 8)
            let found = EventRecord.kept(of: damaged, through: 10)
            #expect(!found.isAll && found.records.count == (bit < 4 * file.count ? 0 : 1), "bit \(bit)")
        }
    }

    @Test("a histogram counts every finite value once, the largest in its last bucket")
    func histogram() {
        let values: [Float] = [-1, 0, 0.5, 3, .nan, .infinity, 3]
        let histogram = Histogram(values.span)
        #expect(histogram.count == 5 && histogram.counts.reduce(0, +) == 5 && histogram.counts.last == 2)
        #expect(histogram.least == -1 && histogram.greatest == 3 && histogram.sum == 5.5 && histogram.sumOfSquares == 19.25)
        #expect(histogram.limits.count == histogram.counts.count && histogram.limits.last == 3)
        #expect(zip(histogram.limits, histogram.limits.dropFirst()).allSatisfy { $0 < $1 })
        // -1 + 4 · 16/64 is 0: the first limit greater than 0 belongs to bucket 16.
        #expect(histogram.counts[16] == 1 && histogram.counts[24] == 1)
    }

    @Test("equal values have one bucket, and no values have none")
    func flatHistogram() {
        #expect(Histogram([Float](repeating: 2, count: 3).span).counts == [3])
        #expect(Histogram([Float.nan].span).count == 0)
    }
}
