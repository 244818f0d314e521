import Audio
import Foundation
import HostileInput
import Testing

@Suite("Audio files", .enabled(if: isAudioAvailable))
struct RecordingTests {
    @Test("channels of WAV, FLAC and Ogg are read, or their mean", arguments: [("stereo.flac", 2e-5), ("stereo.ogg", 0.02)])
    func channels(name: String, tolerance: Double) throws {
        let bytes = try Recordings.bytes(name)
        let tones = [440.0, 1000].map { frequency in (0..<4000).map { 0.5 * sin(2 * Double.pi * frequency * Double($0) / 16_000) } }
        for (channel, wanted) in [(1, tones[0]), (2, tones[1]), (0, zip(tones[0], tones[1]).map { ($0 + $1) / 2 })] {
            let recording = try Recording(bytes, channel: channel)
            #expect(recording.rate == 16_000 && recording.samples.count == 4000)
            let squares = zip(recording.samples, wanted).map { (Double($0) - $1) * (Double($0) - $1) }
            #expect((squares.reduce(0, +) / 4000).squareRoot() < tolerance)
        }
        #expect(throws: AudioError.noSuchChannel(wanted: 3, count: 2)) { try Recording(bytes, channel: 3) }
    }

    @Test("a WAV's 16 bits are read exactly, and segments by seconds")
    func wave() throws {
        let recording = try Recording(Recordings.wave([0, 16_384, -32_768, 1]), channel: 1)
        #expect(recording == Recording(samples: [0, 0.5, -1, 1 / 32_768], rate: 8000))
        #expect(try recording.segment(from: 1 / 8000, duration: 2 / 8000).samples == [0.5, -1])
        #expect(try recording.segment(from: 2 / 8000, duration: nil).samples == [-1, 1 / 32_768])
        #expect(throws: AudioError.self) { try recording.segment(from: 1, duration: 1) }
        #expect(throws: AudioError.self) { try recording.segment(from: -1, duration: nil) }
        #expect(throws: AudioError.self) { try recording.segment(from: .nan, duration: nil) }
        #expect(throws: AudioError.self) { try recording.segment(from: 0, duration: .infinity) }
    }

    @Test("truncated files are refused, with what they lack")
    func truncated() throws {
        let wave = Recordings.wave(Array(repeating: 5, count: 1000))
        #expect(throws: AudioError.truncated(found: 1990, wanted: 2000)) { try Recording(wave.dropLast(10), channel: 0) }
        for name in ["sweep.wav", "stereo.flac"] {
            let bytes = try Recordings.bytes(name)
            for count in [0, 1, 4, 12, 30, 43, bytes.count / 2, bytes.count - 2] {
                #expect(throws: AudioError.self, "\(name): \(count)") { try Recording(Array(bytes[..<count]), channel: 0) }
            }
        }
    }

    @Test("absurd rates and counts of channels are refused")
    func absurd() {
        #expect(throws: AudioError.rateOutOfRange(found: 1)) { try Recording(Recordings.wave([1, 2], rate: 1), channel: 0) }
        #expect(throws: AudioError.rateOutOfRange(found: 2_000_000_000)) { try Recording(Recordings.wave([1, 2], rate: 2_000_000_000), channel: 0) }
        #expect(throws: AudioError.self) { try Recording(Recordings.wave([1, 2], rate: 0), channel: 0) }
        #expect(throws: AudioError.self) { try Recording(Recordings.wave([1, 2], rate: .max), channel: 0) }
        #expect(throws: AudioError.self) { try Recording(Recordings.wave([1, 2], channelCount: 0), channel: 0) }
        #expect(throws: AudioError.tooManyChannels(found: 1000)) {
            try Recording(Recordings.wave(Array(repeating: 1, count: 2000), channelCount: 1000), channel: 0)
        }
        #expect(throws: AudioError.self) { try Recording(Recordings.wave(Array(repeating: 1, count: 2000), channelCount: .max), channel: 0) }
        #expect(throws: AudioError.noSamples) { try Recording(Recordings.wave([]), channel: 0) }
        #expect(throws: AudioError.self) { try Recording(Array("a text".utf8), channel: 0) }
        #expect(throws: AudioError.self) { try Recording([], channel: 0) }
    }

    @Test("files spoilt at random are refused or read, and never trap")
    func spoilt() throws {
        let names = ["sweep.wav", "stereo.flac", "stereo.ogg"]
        let files = try names.map { try Recordings.bytes($0) } + [Recordings.wave([1, 2, 3, 4], channelCount: 2)]
        let tokens = ["RIFF", "WAVE", "fmt ", "data", "fLaC", "OggS", "LIST", "fact", "cue ", "smpl", "\u{1}\u{0}", "\u{0}\u{0}\u{0}\u{0}"].map { Array($0.utf8) } + [
            [0xFF, 0xFF, 0xFF, 0xFF], [0xFE, 0xFF], [3, 0], [0xFF, 0xFF, 0xFF, 0x7F],
        ]
        var (refusedCount, readCount) = (0, 0)
        var frontEnd = FrontEnd()
        frontEnd.rate = 8000
        frontEnd.highFrequency = 4000
        let slowest = fuzz("mutations of audio files", runCount: 4000) { mutator in
            let place = Int.random(in: 0..<files.count, using: &mutator)
            let bytes = mutator.spoilt(files[place], other: files[(place + 1) % files.count], tokens: tokens)
            do {
                let recording = try Recording(bytes, channel: 0)
                readCount += 1
                // Spoilt headers may give a rate at which the same samples are a long recording.
                if recording.samples.count < 20_000 { _ = try frontEnd.frames(of: recording) }
            } catch {
                refusedCount += 1
                if !(error is AudioError) || "\(error)".utf8.count > 500 { Issue.record("seed \(mutator.seed): \(error)") }
            }
        }
        #expect(refusedCount > 100 && readCount > 100 && slowest < 20)
    }

    @Test("audio is known by its first bytes")
    func firstBytes() throws {
        for name in ["sweep.wav", "stereo.flac", "stereo.ogg"] { #expect(try Recordings.bytes(name).areAudio) }
        #expect(!Array("RIFF are no recording".utf8).areAudio && ![UInt8]().areAudio)
    }
}
