import Audio
import Foundation
import PythonEnvironment
import Testing

@Suite("Features of recordings")
struct FrontEndTests {
    /// The largest difference of a figure's frames from this program's.
    private func difference(_ figure: Figures.Figure, _ recording: Recording) throws -> Double {
        var frontEnd = FrontEnd()
        frontEnd.definition = try #require(FrontEnd.Definition(rawValue: figure.definition))
        frontEnd.features = try #require(FrontEnd.Features(rawValue: figure.features))
        (frontEnd.rate, frontEnd.windowLength, frontEnd.hopLength, frontEnd.transformLength) = (figure.rate, figure.window, figure.hop, figure.transform)
        (frontEnd.bandCount, frontEnd.coefficientCount) = (figure.bands, figure.coefficients)
        (frontEnd.lowFrequency, frontEnd.highFrequency) = (figure.low, figure.high)
        let frames = try frontEnd.frames(of: recording)
        let wanted = figure.frames.flatMap(\.self)
        try #require(frames.count == wanted.count && wanted.count == figure.frames.count * frontEnd.featureNames.count)
        return zip(frames, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
    }

    @Test("log-mel and MFCC are librosa's, torchaudio's and Kaldi's within 1e-3", .enabled(if: isAudioAvailable))
    func stored() throws {
        let recording = try Recording(Recordings.bytes("sweep.wav"), channel: 0)
        let figures = try Figures(folder: Recordings.stored).figures
        #expect(Set(figures.map { $0.definition + $0.features }).count == 6)
        for figure in figures {
            let difference = try difference(figure, recording)
            #expect(difference < 1e-3, "\(figure.definition) \(figure.features): \(difference)")
        }
    }

    @Test(
        "log-mel and MFCC of another recording are what an installed librosa says",
        .enabled(if: isAudioAvailable && Python.withLibrosa != nil, "\(Python.missingLibrosa)"))
    func librosa() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lstm-train-audio-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Recordings.fixtures.appending(path: "make_audio.py").path
        let result = try Python.run(try #require(Python.withLibrosa), [script, folder.path, "77"])
        try #require(result.code == 0, "\(result.output)")
        let recording = try Recording(Recordings.bytes("sweep.wav", in: folder), channel: 0)
        let figures = try Figures(folder: folder).figures.filter { $0.definition == "librosa" }
        #expect(figures.count == 2)
        for figure in figures { #expect(try difference(figure, recording) < 1e-3) }
    }

    @Test("μ-law levels and samples are torchaudio's")
    func muLaw() throws {
        let wanted = try #require(try Figures(folder: Recordings.stored).muLaw)
        #expect(wanted.samples.map(MuLaw.level) == wanted.levels)
        for (level, sample) in zip(wanted.levels, wanted.decoded) { #expect(abs(MuLaw.sample(ofLevel: level) - sample) < 2e-6) }
        #expect((0...255).map { MuLaw.level(of: MuLaw.sample(ofLevel: $0)) } == Array(0...255))
        #expect(MuLaw.level(of: 7) == 255 && MuLaw.level(of: -7) == 0)
    }

    @Test("a resampled tone is that tone at the other rate", .enabled(if: isAudioAvailable), arguments: [8000, 11_025, 44_100])
    func resampling(rate: Int) throws {
        func tone(_ rate: Int) -> [Float] { (0..<rate).map { Float(sin(2 * Double.pi * 440 * Double($0) / Double(rate))) } }
        let found = try Recording(samples: tone(16_000), rate: 16_000).resampled(to: rate)
        #expect(found.rate == rate && abs(found.samples.count - rate) <= 1)
        // At the ends the filter reads silence.
        for place in rate / 10..<rate * 9 / 10 { #expect(abs(found.samples[place] - tone(rate)[place]) < 2e-3) }
    }

    @Test("samples and μ-law levels are one number a time step", .enabled(if: isAudioAvailable))
    func rawAudio() throws {
        var frontEnd = FrontEnd()
        (frontEnd.features, frontEnd.rate) = (.samples, 8000)
        let recording = Recording(samples: [0, 0.5, -1], rate: 8000)
        #expect(try frontEnd.frames(of: recording) == [0, 0.5, -1])
        frontEnd.features = .muLaw
        #expect(try frontEnd.frames(of: recording) == [128, 239, 0])
        #expect(frontEnd.featureNames == ["level"])
    }

    @Test("a recording shorter than a frame is refused where frames aren't padded", .enabled(if: isAudioAvailable))
    func tooShort() throws {
        var frontEnd = FrontEnd()
        let recording = Recording(samples: Array(repeating: 0.1, count: 100), rate: 16_000)
        #expect(try frontEnd.frames(of: recording).count == frontEnd.bandCount)
        frontEnd.definition = .kaldi
        #expect(throws: AudioError.tooShort(sampleCount: 100, neededCount: 400)) { try frontEnd.frames(of: recording) }
        frontEnd.definition = .torchaudio
        #expect(throws: AudioError.tooShort(sampleCount: 100, neededCount: 257)) { try frontEnd.frames(of: recording) }
    }
}
