import Foundation

/// Recordings and figures that Tests/Fixtures/make_audio.py wrote.
enum Recordings {
    static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    static let stored = fixtures.appending(path: "audio")

    static func bytes(_ name: String, in folder: URL = stored) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    /// A WAV file of 16 bits.
    static func wave(_ samples: [Int16], rate: UInt32 = 8000, channelCount: UInt16 = 1) -> [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }
        let dataCount = UInt32(samples.count * 2)
        return Array("RIFF".utf8) + bytes(36 + dataCount) + Array("WAVEfmt ".utf8) + bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(channelCount) + bytes(rate)
            + bytes(rate &* UInt32(channelCount) &* 2) + bytes(channelCount &* 2) + bytes(UInt16(16)) + Array("data".utf8) + bytes(dataCount) + samples.flatMap { bytes($0) }
    }
}

/// What other libraries compute of `sweep.wav`.
struct Figures: Decodable {
    struct Figure: Decodable {
        let definition, features: String
        let rate, window, hop, transform, bands, coefficients: Int
        let low, high: Double
        let frames: [[Double]]
    }

    struct Levels: Decodable {
        let samples: [Float]
        let levels: [Int]
        let decoded: [Float]
    }

    let figures: [Figure]
    let muLaw: Levels?

    init(folder: URL) throws { self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appending(path: "figures.json"))) }
}
